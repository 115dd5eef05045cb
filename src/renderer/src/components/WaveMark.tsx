import styles from './WaveMark.module.css';

/** The app's mark: a quiet wave on its target line. */
export function WaveMark() {
  return (
    <svg className={styles.mark} viewBox="0 0 32 20" aria-hidden="true" focusable="false">
      <path className={styles.target} d="M0 10h32" />
      <path className={styles.wave} d="M1 10c2.500-8 5-8 7.500 0s5 8 7.500 0 5-8 7.500 0 5 8 7.500 0" />
    </svg>
  );
}
