import styles from './Badge.module.css';
import { classNames } from './class-names.js';

export interface BadgeProps {
  /** `quiet` for what is as usual, `strong` for what was chosen. Default `plain`. */
  readonly tone?: 'plain' | 'quiet' | 'strong' | 'warning' | 'bad';
  readonly title?: string;
  readonly children: string;
}

/** A word about the thing beside it. */
export function Badge({ tone = 'plain', title, children }: BadgeProps) {
  return (
    <span className={classNames(styles.badge, tone !== 'plain' && styles[tone])} title={title}>
      {children}
    </span>
  );
}
