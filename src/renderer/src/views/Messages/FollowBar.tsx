import { Button } from '../../components/Button.js';
import { StateLabel } from '../../components/StateMark.js';
import { formatCount } from '../../format/numbers.js';
import { useStoreState } from '../../stores/stores-context.js';
import styles from './FollowBar.module.css';

/** Below the table: whether it follows the stream, what came meanwhile, and the way back. */
export function FollowBar() {
  const mode = useStoreState('messages', (state) => state.mode);
  const arrived = useStoreState('messages', (state) => state.arrived);
  const omitted = useStoreState('messages', (state) => state.omitted);
  const shown = useStoreState('messages', (state) => state.rows.length);
  const loading = useStoreState('messages', (state) => state.loading);
  const follow = useStoreState('messages', (state) => state.follow);
  const kept = useStoreState('status', (state) => state.status?.history);
  return (
    <div className={styles.bar}>
      {mode === 'following' ? (
        <StateLabel tone="good">Following</StateLabel>
      ) : (
        <>
          <StateLabel tone="warning">{mode === 'paused' ? 'Paused' : 'Holding still'}</StateLabel>
          <Button icon="bottom" tone={arrived > 0 ? 'primary' : 'plain'} onClick={() => void follow()}>
            {arrived > 0 ? `${formatCount(arrived)} new` : 'Follow'}
          </Button>
        </>
      )}
      {omitted > 0 && (
        <span title="Too many to show each one as it came. Pause or filter to see all of them: they are in the history.">
          {formatCount(omitted)} came too fast to show
        </span>
      )}
      <span className={styles.counts}>
        {loading && 'Loading … '}
        {formatCount(shown)} shown
        {kept !== undefined && `, ${formatCount(Math.max(kept.messages, shown))} kept`}
        {kept !== undefined && kept.dropped > 0 && `, ${formatCount(kept.dropped)} older ones let go`}
      </span>
    </div>
  );
}
