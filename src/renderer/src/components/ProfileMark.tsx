import type { ProfileColor } from '../../../shared/kafka-config.js';
import { classNames } from './class-names.js';
import styles from './ProfileMark.module.css';

/** A cluster's colour. Its name always stands beside it. */
export function ProfileMark({ color }: { readonly color: ProfileColor }) {
  return <span className={classNames(styles.mark, styles[color])} aria-hidden="true" />;
}
