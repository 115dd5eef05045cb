import type { NodeView } from '../../../../shared/feed.js';
import { Age } from '../../components/Age.js';
import { Button } from '../../components/Button.js';
import page from '../../components/detail.module.css';
import { Fact, Facts } from '../../components/Facts.js';
import { HeartbeatBar } from '../../components/HeartbeatBar.js';
import { NodeName } from '../../components/NodeName.js';
import { Panel } from '../../components/Panel.js';
import { healthTone, StateLabel } from '../../components/StateMark.js';
import frame from '../../components/view.module.css';
import {
  formatCount,
  formatDrift,
  formatFrequency,
  formatMargin,
  formatSRoi,
  noValue,
} from '../../format/numbers.js';
import { formatDuration } from '../../format/time.js';
import { healthWords } from '../../format/words.js';
import { defaultTargets } from '../../stores/settings-store.js';
import { useStoreState, useStores } from '../../stores/stores-context.js';
import { describeSkew } from './clock-skew.js';
import { FaultPanel } from './FaultPanel.js';
import { LinkPanel } from './LinkPanel.js';
import styles from './NodeDetail.module.css';
import { Standing } from './NodeList.js';
import { NodeMessages } from './NodeMessages.js';

export interface NodeDetailProps {
  readonly node: NodeView;
  /** The operator wants to change its endpoint. */
  onEdit(): void;
}

export function NodeDetail({ node, onEdit }: NodeDetailProps) {
  const simulated = useStoreState('status', (state) =>
    state.status?.simulation.nodes.find((candidate) => candidate.name === node.name),
  );
  return (
    <section className={frame.scroll} aria-label={`Node ${node.name}`}>
      <header className={page.head}>
        <h2 className={page.name}>
          <NodeName name={node.name} />
        </h2>
        <Standing node={node} />
        <StateLabel tone={healthTone(node.health)}>{healthWords[node.health]}</StateLabel>
        <Actions node={node} onEdit={onEdit} />
      </header>
      <StateStrip node={node} />
      <div className={styles.panels}>
        <LinkPanel node={node} isSimulated={simulated !== undefined} onEdit={onEdit} />
        <BeatsPanel node={node} />
      </div>
      {simulated !== undefined && <FaultPanel node={simulated} />}
      <NodeMessages node={node} />
    </section>
  );
}

function Actions({ node, onEdit }: NodeDetailProps) {
  const { commands, peers } = useStores();
  if (node.isSelf || !node.isConfigured) return null;
  return (
    <div className={page.actions}>
      {node.websocket !== null && (
        <Button icon="retry" onClick={() => void commands.reconnectPeer(node.name)}>
          Reconnect now
        </Button>
      )}
      <Button icon="edit" onClick={onEdit}>
        Edit
      </Button>
      <Button icon="trash" tone="danger" onClick={() => void peers.remove(node.name)}>
        Remove
      </Button>
    </div>
  );
}

function BeatsPanel({ node }: { readonly node: NodeView }) {
  const { beatIntervalMs, beatJitterMs } = node;
  return (
    <Panel title="Heartbeats and clock">
      <HeartbeatBar beats={node.beats} />
      <Facts>
        <Fact name="Last beat">
          <Age atMs={node.lastBeatAtMs} suffix="ago" never="never" />
        </Fact>
        <Fact name="Interval">
          {beatIntervalMs === null ? noValue : formatDuration(beatIntervalMs)}
          {beatJitterMs !== null && (
            <span className={styles.soft}> ±{formatDuration(beatJitterMs)} jitter</span>
          )}
        </Fact>
        <Fact name="Clock">{node.isSelf ? 'this machine’s own' : describeSkew(node.clockSkewMs)}</Fact>
        <Fact name="Last message">
          <Age atMs={node.lastMessageAtMs} suffix="ago" never="never" />
        </Fact>
        <Fact name="Messages">
          {formatCount(node.messagesIn)} in, {formatCount(node.messagesOut)} out
        </Fact>
      </Facts>
    </Panel>
  );
}

/** What the node last said of itself, against the settings' references. */
function StateStrip({ node }: { readonly node: NodeView }) {
  const { frequencyHz: targetHz, sRoiThreshold } = useStoreState(
    'settings',
    (state) => state.settings?.config.resonance ?? defaultTargets,
  );
  const { frequencyHz, sRoi } = node;
  return (
    <dl className={styles.strip}>
      <Value
        name="Frequency"
        value={frequencyHz === null ? null : `${formatFrequency(frequencyHz)} Hz`}
        note={frequencyHz === null ? null : formatDrift(frequencyHz, targetHz)}
      />
      <Value
        name="S-ROI"
        value={sRoi === null ? null : formatSRoi(sRoi)}
        note={sRoi === null ? null : formatMargin(sRoi, sRoiThreshold)}
      />
      <Value name="Status" value={node.status} />
      <Value name="Anchor" value={node.anchor} />
    </dl>
  );
}

interface ValueProps {
  readonly name: string;
  readonly value: string | null;
  readonly note?: string | null;
}

function Value({ name, value, note = null }: ValueProps) {
  return (
    <div className={styles.value}>
      <dt>{name}</dt>
      <dd>
        {value ?? noValue} {note !== null && <span className={styles.soft}>{note}</span>}
      </dd>
    </div>
  );
}
