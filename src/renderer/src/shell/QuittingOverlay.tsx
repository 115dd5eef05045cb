import { WaveMark } from '../components/WaveMark.js';
import { formatCount } from '../format/numbers.js';
import { formatDuration } from '../format/time.js';
import { useStoreState } from '../stores/stores-context.js';
import styles from './QuittingOverlay.module.css';

/** What quitting still waits for. Unsent messages stay in the outbox, so there is nothing to decide here. */
export function QuittingOverlay() {
  const quitting = useStoreState('ui', (state) => state.quitting);
  if (quitting === null) return null;
  return (
    <div className={styles.overlay} role="alertdialog" aria-label="Quitting">
      <div className={styles.card}>
        <WaveMark />
        <p className={styles.title}>Stopping the node …</p>
        <p>
          {quitting.unsent === 0
            ? 'Everything is sent.'
            : `${formatCount(quitting.unsent)} unsent ${quitting.unsent === 1 ? 'message' : 'messages'}: waiting up to ${formatDuration(quitting.deadlineMs)}. What is left then stays in the outbox and is sent after the next start.`}
        </p>
      </div>
    </div>
  );
}
