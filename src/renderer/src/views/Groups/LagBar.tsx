import type { ErrorReport } from '../../../../shared/errors.js';
import { formatCount, noValue } from '../../format/numbers.js';
import styles from './LagBar.module.css';

export interface LagBarProps {
  /** Null: nothing is committed, or it is not known. */
  readonly lag: number | null;
  /** Why it is not known. */
  readonly unknown?: ErrorReport | undefined;
  /** The lag that fills the width; share it among bars that are compared. */
  readonly scale: number;
}

/** A lag with a small bar; a square-root scale keeps small ones visible beside big ones. */
export function LagBar({ lag, unknown, scale }: LagBarProps) {
  if (unknown !== undefined) return <span title={unknown.message}>unknown</span>;
  if (lag === null) return <span title="Nothing is committed">{noValue}</span>;
  const width = lag === 0 ? 0 : Math.max(2, Math.sqrt(Math.min(1, lag / Math.max(1, scale))) * 100);
  return (
    <span className={styles.lag}>
      <svg className={styles.bar} viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect className={styles.base} width="100" height="6" />
        <rect className={styles.fill} x={100 - width} width={width} height="6" />
      </svg>
      <span className={styles.count}>{formatCount(lag)}</span>
    </span>
  );
}
