import styles from './Copyable.module.css';
import { CopyButton } from './CopyButton.js';

export interface CopyableProps {
  /** What it is, for example `topic`. */
  readonly what: string;
  readonly text: string;
}

/** A name or an address with a button that copies it. */
export function Copyable({ what, text }: CopyableProps) {
  return (
    <span className={styles.copyable}>
      <code className={styles.text} title={text}>
        {text}
      </code>
      <CopyButton what={what} text={() => text} />
    </span>
  );
}
