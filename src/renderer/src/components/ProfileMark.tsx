import type { ProfileColor } from '../../../shared/kafka-config.js';
import { classNames } from './class-names.js';
import styles from './ProfileMark.module.css';

export interface ProfileMarkProps {
  readonly color: ProfileColor;
  /** An outline alone: of another cluster than the one in use. */
  readonly isHollow?: boolean;
}

/** A cluster's colour. Its name always stands beside it. */
export function ProfileMark({ color, isHollow = false }: ProfileMarkProps) {
  return (
    <span className={classNames(styles.mark, styles[color], isHollow && styles.hollow)} aria-hidden="true" />
  );
}
