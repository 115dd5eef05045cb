import { type ReactNode, useId } from 'react';
import { classNames } from './class-names.js';
import styles from './Panel.module.css';

export interface PanelProps {
  readonly title: string;
  /** Beside the title: a figure, a unit, a short explanation. */
  readonly aside?: ReactNode;
  /** At the right end of the header. */
  readonly actions?: ReactNode;
  /** No padding around the content (tables, lists). */
  readonly flush?: boolean;
  readonly children: ReactNode;
}

/** A titled region of a view. */
export function Panel({ title, aside, actions, flush = false, children }: PanelProps) {
  const id = useId();
  return (
    <section className={styles.panel} aria-labelledby={id}>
      <header className={styles.header}>
        <h2 id={id}>{title}</h2>
        {aside !== undefined && <div className={styles.aside}>{aside}</div>}
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </header>
      <div className={classNames(styles.body, flush && styles.flush)}>{children}</div>
    </section>
  );
}
