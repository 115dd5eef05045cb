import { useEffect, useRef } from 'react';
import { emptyMessageFilter, type MessageRow, type NodeView } from '../../../../shared/feed.js';
import { Button } from '../../components/Button.js';
import { ColumnHead } from '../../components/ColumnHead.js';
import { classNames } from '../../components/class-names.js';
import { ErrorNotice } from '../../components/ErrorNotice.js';
import { Checkbox } from '../../components/Field.js';
import { Icon } from '../../components/Icon.js';
import { Panel } from '../../components/Panel.js';
import { RowButton } from '../../components/RowButton.js';
import table from '../../components/table.module.css';
import { useNow } from '../../components/use-now.js';
import { formatClock } from '../../format/time.js';
import { messageTypeWords, wayOf } from '../../format/words.js';
import { useStoreState, useStores } from '../../stores/stores-context.js';
import { gist } from '../Messages/gist.js';
import styles from './NodeMessages.module.css';

/** The last messages of one node, both ways, and the way to all of them. */
export function NodeMessages({ node }: { readonly node: NodeView }) {
  const { messages, ui } = useStores();
  const rows = useStoreState('nodeDetail', (state) => state.rows);
  const error = useStoreState('nodeDetail', (state) => state.error);
  const muteHeartbeats = useStoreState('nodeDetail', (state) => state.muteHeartbeats);
  const { select, setMuteHeartbeats, refresh } = useStores().nodeDetail.getState();
  const nowMs = useNow();

  useEffect(() => select(node.name), [node.name, select]);
  const count = node.messagesIn + node.messagesOut;
  const loaded = useRef('');
  // The clock ticks once a second, and only while the window shows: a busy node is asked for no more often.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tick decides when, not the count.
  useEffect(() => {
    const wanted = `${muteHeartbeats} ${count}`;
    if (loaded.current === wanted) return;
    loaded.current = wanted;
    void refresh(node.name);
  }, [node.name, muteHeartbeats, nowMs, refresh]);

  const showAll = async (row: MessageRow | null): Promise<void> => {
    ui.getState().show('messages');
    await messages.getState().setFilter({ ...emptyMessageFilter, nodes: [node.name], muteHeartbeats });
    if (row !== null) await messages.getState().select(row.sequence);
  };

  return (
    <Panel
      title="Last messages"
      aside="from and to this node"
      flush
      actions={
        <>
          <Checkbox
            label="Mute heartbeats"
            checked={muteHeartbeats}
            onChange={(event) => setMuteHeartbeats(event.target.checked)}
          />
          <Button icon="messages" onClick={() => void showAll(null)}>
            Show in Messages
          </Button>
        </>
      }
    >
      {error !== null && <ErrorNotice error={error} what="The messages could not be loaded" />}
      {rows !== null && rows.length === 0 && (
        <p className={styles.none}>
          {muteHeartbeats ? 'Nothing but heartbeats, if anything, so far.' : 'None so far.'}
        </p>
      )}
      {rows !== null && rows.length > 0 && (
        <table
          className={classNames(table.table, table.fixed, styles.table)}
          aria-label={`Last messages of ${node.name}`}
        >
          <thead>
            <tr>
              <ColumnHead>Time</ColumnHead>
              <ColumnHead>Type</ColumnHead>
              <ColumnHead>Via</ColumnHead>
              <ColumnHead>Content</ColumnHead>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.sequence}>
                <td className={table.mono}>
                  <RowButton title="Show it in Messages" onClick={() => void showAll(row)}>
                    {formatClock(row.atMs)}
                  </RowButton>
                </td>
                <td>
                  <span className={styles.direction} title={row.direction === 'in' ? 'Received' : 'Sent'}>
                    <Icon name={row.direction === 'in' ? 'incoming' : 'outgoing'} />
                    <span className="visually-hidden">{row.direction === 'in' ? 'received' : 'sent'}</span>
                  </span>
                  {messageTypeWords[row.type]}
                </td>
                <td className={classNames(table.soft, styles.via)}>{wayOf(row)}</td>
                <td className={classNames(table.soft, table.mono)}>{gist(row.preview)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
