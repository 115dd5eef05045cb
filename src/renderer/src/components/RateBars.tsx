import { memo } from 'react';
import { ratesKept } from '../stores/traffic-store.js';
import styles from './RateBars.module.css';

export interface RateBarsProps {
  /** A value a second, oldest first. */
  readonly rates: readonly number[];
  /** The rate that fills the height; share it among bars that are compared. */
  readonly scale: number;
  readonly label: string;
}

const height = 16;

/** The recent course of a rate as small bars; a square-root scale keeps quiet channels visible beside busy ones. */
export const RateBars = memo(function RateBars({ rates, scale, label }: RateBarsProps) {
  const offset = ratesKept - rates.length;
  const path = rates
    .map((rate, index) => {
      if (rate <= 0) return '';
      const bar = Math.max(1, Math.sqrt(Math.min(1, rate / scale)) * height);
      return `M${(offset + index) * 3} ${height}v${-bar.toFixed(1)}h2v${bar.toFixed(1)}z`;
    })
    .join('');
  return (
    <svg
      className={styles.bars}
      viewBox={`0 0 ${ratesKept * 3} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <line className={styles.base} x1="0" x2={ratesKept * 3} y1={height} y2={height} />
      <path className={styles.bar} d={path} />
    </svg>
  );
});
