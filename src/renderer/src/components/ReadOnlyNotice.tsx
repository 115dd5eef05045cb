import { Icon } from './Icon.js';
import styles from './ReadOnlyNotice.module.css';
import { useReadOnlyReason } from './use-read-only.js';

/** In front of a form that could not be sent now: why. */
export function ReadOnlyNotice() {
  const reason = useReadOnlyReason();
  if (reason === null) return null;
  return (
    <p className={styles.notice} role="status">
      <Icon name="lock" />
      <span>{reason}</span>
    </p>
  );
}
