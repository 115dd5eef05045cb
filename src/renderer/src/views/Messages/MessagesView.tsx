import { useRef } from 'react';
import { ErrorNotice } from '../../components/ErrorNotice.js';
import layout from '../../components/split.module.css';
import frame from '../../components/view.module.css';
import { useStoreState } from '../../stores/stores-context.js';
import { DetailPane } from './DetailPane.js';
import { FilterBar } from './FilterBar.js';
import { FollowBar } from './FollowBar.js';
import styles from './MessagesView.module.css';
import { MessageTable } from './MessageTable.js';
import { useMessageKeys } from './use-message-keys.js';

/** The live stream of every transport in one table, and the chosen message in full. */
export function MessagesView() {
  const error = useStoreState('messages', (state) => state.error);
  const hasDetail = useStoreState('messages', (state) => state.selected !== null);
  const table = useRef<HTMLDivElement>(null);
  useMessageKeys(table);
  return (
    <div className={frame.view}>
      <FilterBar />
      {error !== null && (
        <div className={frame.notice}>
          <ErrorNotice error={error} what="The messages could not be loaded" />
        </div>
      )}
      <div className={layout.split}>
        <div className={styles.stream}>
          <MessageTable table={table} />
          <FollowBar />
        </div>
        {hasDetail && <DetailPane />}
      </div>
    </div>
  );
}
