import { type SeriesWindowMs, seriesWindowsMs } from '../../../../shared/feed.js';
import { Chunk } from '../../components/Chunk.js';
import { createChunk } from '../../components/component-chunk.js';
import { ErrorNotice } from '../../components/ErrorNotice.js';
import { Segmented } from '../../components/Segmented.js';
import { StateLabel } from '../../components/StateMark.js';
import { useReadOnlyReason } from '../../components/use-read-only.js';
import frame from '../../components/view.module.css';
import { defaultTargets } from '../../stores/settings-store.js';
import { useStoreState } from '../../stores/stores-context.js';
import { MeshHint } from './MeshHint.js';
import { NodeCard } from './NodeCard.js';
import styles from './OverviewView.module.css';
import { summarise } from './summary.js';
import { TrafficTable } from './TrafficTable.js';

const charts = createChunk(async () => (await import('./Charts.js')).Charts);

const windowWords: Readonly<Record<SeriesWindowMs, string>> = {
  60000: '1 min',
  300000: '5 min',
  3600000: '1 h',
};
const windowOptions = seriesWindowsMs.map((value) => ({ value, label: windowWords[value] }));

/** The mesh at a glance: resonance, integrity, every node's health, and what flows. */
export function OverviewView() {
  const nodes = useStoreState('nodes', (state) => state.nodes);
  const windowMs = useStoreState('series', (state) => state.windowMs);
  const setWindow = useStoreState('series', (state) => state.setWindow);
  const seriesError = useStoreState('series', (state) => state.error);
  const { frequencyHz, sRoiThreshold } = useStoreState(
    'settings',
    (state) => state.settings?.config.resonance ?? defaultTargets,
  );
  // A node that only watches sends no beats that could be judged.
  const isWatching = useReadOnlyReason() !== null;
  const judged = isWatching ? nodes.filter((node) => !node.isSelf) : nodes;
  return (
    <div className={frame.scroll}>
      <div className={styles.head}>
        <ul className={styles.summary} aria-label="Summary">
          {summarise(judged, frequencyHz, sRoiThreshold).map((item) => (
            <li key={item.text}>
              <StateLabel tone={item.tone}>{item.text}</StateLabel>
            </li>
          ))}
        </ul>
        <Segmented
          label="Time shown by the charts"
          value={windowMs}
          options={windowOptions}
          onChange={(value) => void setWindow(value)}
        />
      </div>
      {seriesError !== null && <ErrorNotice error={seriesError} what="The charts could not be loaded" />}
      <div className={styles.charts}>
        <Chunk
          of={charts}
          props={{ targetHz: frequencyHz, sRoiThreshold }}
          fallback={<div className={styles.chartsPlace} />}
        />
      </div>
      <MeshHint />
      <ul className={styles.nodes} aria-label="Nodes">
        {nodes.map((node) => (
          <NodeCard key={node.name} node={node} targetHz={frequencyHz} sRoiThreshold={sRoiThreshold} />
        ))}
      </ul>
      <TrafficTable />
    </div>
  );
}
