import type { TrafficView } from '../../../../shared/feed.js';
import { ColumnHead } from '../../components/ColumnHead.js';
import { EmptyState } from '../../components/EmptyState.js';
import { Panel } from '../../components/Panel.js';
import { RateBars } from '../../components/RateBars.js';
import table from '../../components/table.module.css';
import { formatBytes, formatCount, formatRate } from '../../format/numbers.js';
import { formatClockSeconds } from '../../format/time.js';
import { clusterWords } from '../../format/words.js';
import { useStoreState } from '../../stores/stores-context.js';
import styles from './TrafficTable.module.css';

/** The busiest bar of the table fills its height; below this rate no bar does. */
const minScale = 10;

/** Messages and bytes a second, in and out, for each topic and the WebSocket. */
export function TrafficTable() {
  const channels = useStoreState('traffic', (state) => state.channels);
  const total = useStoreState('traffic', (state) => state.total);
  const ratesByChannel = useStoreState('traffic', (state) => state.ratesByChannel);
  const switchedAtMs = useStoreState('traffic', (state) => state.switchedAtMs);
  const cluster = useStoreState('status', (state) => clusterWords(state.status?.profile.name ?? ''));
  const since =
    switchedAtMs === null ? '' : `; since the switch to ${cluster} at ${formatClockSeconds(switchedAtMs)}`;
  let scale = minScale;
  for (const rates of Object.values(ratesByChannel)) scale = Math.max(scale, ...rates.in, ...rates.out);

  return (
    <Panel title="Traffic" aside={`by topic, and the WebSocket in one row${since}`} flush>
      {total === null ? (
        <EmptyState title="No traffic counted yet" />
      ) : (
        <table className={table.table}>
          <caption className="visually-hidden">Message and byte rates by channel</caption>
          <thead>
            <tr>
              <ColumnHead>Channel</ColumnHead>
              <th scope="col" className={styles.barsHead}>
                In
              </th>
              <ColumnHead isNumeric>msg/s</ColumnHead>
              <ColumnHead isNumeric>bytes/s</ColumnHead>
              <th scope="col" className={styles.barsHead}>
                Out
              </th>
              <ColumnHead isNumeric>msg/s</ColumnHead>
              <ColumnHead isNumeric>bytes/s</ColumnHead>
              <ColumnHead isNumeric>Total in / out</ColumnHead>
            </tr>
          </thead>
          <tbody>
            {channels.map((channel) => (
              <tr key={channel.channel}>
                <th scope="row" className={styles.channel}>
                  {channel.channel === 'websocket' ? 'WebSocket' : channel.channel}
                </th>
                <td className={styles.bars}>
                  <RateBars
                    rates={ratesByChannel[channel.channel]?.in ?? []}
                    scale={scale}
                    label={`Incoming rate of ${channel.channel}`}
                  />
                </td>
                <Rates messages={channel.messagesInPerSecond} bytes={channel.bytesInPerSecond} />
                <td className={styles.bars}>
                  <RateBars
                    rates={ratesByChannel[channel.channel]?.out ?? []}
                    scale={scale}
                    label={`Outgoing rate of ${channel.channel}`}
                  />
                </td>
                <Rates messages={channel.messagesOutPerSecond} bytes={channel.bytesOutPerSecond} />
                <Totals channel={channel} />
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">All</th>
              <td />
              <Rates messages={total.messagesInPerSecond} bytes={total.bytesInPerSecond} />
              <td />
              <Rates messages={total.messagesOutPerSecond} bytes={total.bytesOutPerSecond} />
              <Totals channel={total} />
            </tr>
          </tfoot>
        </table>
      )}
    </Panel>
  );
}

function Rates({ messages, bytes }: { readonly messages: number; readonly bytes: number }) {
  return (
    <>
      <td className={table.numeric}>{formatRate(messages)}</td>
      <td className={table.numeric}>{bytes === 0 ? '0' : formatBytes(bytes)}</td>
    </>
  );
}

function Totals({ channel }: { readonly channel: TrafficView }) {
  return (
    <td className={table.numeric}>
      {formatCount(channel.messagesIn)} / {formatCount(channel.messagesOut)}
    </td>
  );
}
