import type { ReactNode } from 'react';
import styles from './MarkedName.module.css';

export interface MarkedNameProps {
  /** In front of the name. */
  readonly mark: ReactNode;
  readonly name: string;
  /** Default: the name, of which there may be no room for all. */
  readonly title?: string;
}

/** A name behind its mark, on one line. */
export function MarkedName({ mark, name, title = name }: MarkedNameProps) {
  return (
    <span className={styles.name} title={title}>
      {mark}
      <span className={styles.text}>{name}</span>
    </span>
  );
}
