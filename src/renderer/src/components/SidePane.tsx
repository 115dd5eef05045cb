import type { ReactNode } from 'react';
import { IconButton } from './Button.js';
import styles from './SidePane.module.css';
import layout from './split.module.css';

export interface SidePaneProps {
  readonly label: string;
  readonly title: string;
  /** In front of the button that closes it. */
  readonly actions?: ReactNode;
  /** On the button that closes it, with its key where there is one. */
  readonly closeLabel?: string;
  onClose(): void;
  readonly children: ReactNode;
}

/** One thing of a list in full, beside the list: its name stays in sight while the rest scrolls. */
export function SidePane({ label, title, actions, closeLabel = 'Close', onClose, children }: SidePaneProps) {
  return (
    <aside className={layout.detail} aria-label={label}>
      <header className={styles.header}>
        <h2>{title}</h2>
        <div className={styles.actions}>
          {actions}
          <IconButton icon="close" label={closeLabel} onClick={onClose} />
        </div>
      </header>
      <div className={styles.content}>{children}</div>
    </aside>
  );
}
