import { useEffect } from 'react';
import type { DeadLetterList } from '../../../../shared/dead-letter.js';
import { Button } from '../../components/Button.js';
import { classNames } from '../../components/class-names.js';
import { EmptyState } from '../../components/EmptyState.js';
import { ErrorNotice } from '../../components/ErrorNotice.js';
import { MeshButton } from '../../components/MeshButton.js';
import layout from '../../components/split.module.css';
import frame from '../../components/view.module.css';
import { formatCount } from '../../format/numbers.js';
import { useStoreState, useStores } from '../../stores/stores-context.js';
import { DeadLetterDetail } from './DeadLetterDetail.js';
import styles from './DeadLetterSection.module.css';
import { DeadLetterTable } from './DeadLetterTable.js';

/** Messages that were given up, whatever was tried: to be looked at, changed, sent again or discarded. */
export function DeadLetterSection() {
  const { deadLetters } = useStores();
  const list = useStoreState('deadLetters', (state) => state.list);
  const error = useStoreState('deadLetters', (state) => state.error);
  const selected = useStoreState('deadLetters', (state) => state.selected);
  const letter = list?.letters.find(({ id }) => id === selected) ?? null;
  useEffect(() => {
    void deadLetters.getState().refresh();
  }, [deadLetters]);

  return (
    <div className={frame.content}>
      <Toolbar list={list} />
      {error !== null && (
        <div className={frame.notice}>
          <ErrorNotice error={error} what="The dead letters could not be read" />
        </div>
      )}
      {list !== null && list.unread !== null && (
        <div className={frame.notice}>
          <ErrorNotice
            error={list.unread}
            what="The topic could not be read; what is known of it stays here"
          />
        </div>
      )}
      <div className={layout.split}>
        <section
          className={styles.list}
          aria-label="Dead letters"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled with the keyboard.
          tabIndex={0}
        >
          {list !== null && list.letters.length === 0 && <NoLetters list={list} />}
          {list !== null && list.letters.length > 0 && <DeadLetterTable letters={list.letters} />}
        </section>
        {letter !== null && <DeadLetterDetail key={letter.id} letter={letter} />}
      </div>
    </div>
  );
}

function Toolbar({ list }: { readonly list: DeadLetterList | null }) {
  const { deadLetters } = useStores();
  const checked = useStoreState('deadLetters', (state) => state.checked);
  const busy = useStoreState('deadLetters', (state) => state.busy);
  const loading = useStoreState('deadLetters', (state) => state.loading);
  const ids = [...checked];
  const isBusy = busy.size > 0;
  return (
    <div className={classNames(frame.bar, styles.toolbar)}>
      {ids.length > 0 && (
        <>
          <span className={styles.count}>{formatCount(ids.length)} chosen</span>
          <MeshButton
            icon="retry"
            disabled={isBusy}
            onClick={() => void deadLetters.getState().resendAll(ids)}
          >
            Send chosen again
          </MeshButton>
          <Button icon="trash" disabled={isBusy} onClick={() => void deadLetters.getState().discard(ids)}>
            Discard chosen
          </Button>
        </>
      )}
      {ids.length === 0 && (
        <p className={styles.soft}>
          {list?.hasOlder === true
            ? 'The newest are shown; the topic resonance.dead-letter may hold older ones.'
            : 'Kept in the topic resonance.dead-letter.'}
        </p>
      )}
      <span className={frame.end}>
        <Button icon="retry" disabled={loading} onClick={() => void deadLetters.getState().refresh()}>
          {loading ? 'Reading …' : 'Read again'}
        </Button>
      </span>
    </div>
  );
}

function NoLetters({ list: { hasOlder, unread } }: { readonly list: DeadLetterList }) {
  const title = hasOlder ? 'None of the newest is left to settle' : 'No dead letters';
  return (
    <EmptyState title={unread === null ? title : 'None is known while the topic cannot be read'}>
      <p>
        A message that its handler failed on five times, and one that no broker or peer would take, is kept
        here with the reason, so that nothing is lost. It can be changed, sent again, or discarded.
      </p>
    </EmptyState>
  );
}
