import type { NodeView } from '../../../../shared/feed.js';
import { Age } from '../../components/Age.js';
import { Button } from '../../components/Button.js';
import { HeartbeatBar } from '../../components/HeartbeatBar.js';
import { KafkaHeard } from '../../components/KafkaHeard.js';
import { LinkLabel } from '../../components/LinkLabel.js';
import { NodeName } from '../../components/NodeName.js';
import { healthTone, StateLabel } from '../../components/StateMark.js';
import { useReadOnlyReason } from '../../components/use-read-only.js';
import { formatDrift, formatFrequency, formatMargin, formatSRoi, noValue } from '../../format/numbers.js';
import { formatMilliseconds } from '../../format/time.js';
import { healthWords } from '../../format/words.js';
import { useStores } from '../../stores/stores-context.js';
import styles from './NodeCard.module.css';

export interface NodeCardProps {
  readonly node: NodeView;
  readonly targetHz: number;
  readonly sRoiThreshold: number;
}

/** One node's health: values against their references, its beats, and both ways it is heard. */
export function NodeCard({ node, targetHz, sRoiThreshold }: NodeCardProps) {
  const { beatIntervalMs, beatJitterMs, frequencyHz, sRoi } = node;
  // A node that may not send is not silent by mistake.
  const isWatching = useReadOnlyReason() !== null && node.isSelf;
  return (
    <li className={styles.card}>
      <div className={styles.head}>
        <h3 className={styles.name}>
          <NodeName name={node.name} />
        </h3>
        {node.isSelf && <span className={styles.self}>this node</span>}
        <span className={styles.health}>
          {isWatching ? (
            <StateLabel tone="idle">Only watching</StateLabel>
          ) : (
            <StateLabel tone={healthTone(node.health)}>{healthWords[node.health]}</StateLabel>
          )}
        </span>
      </div>

      <div className={styles.values}>
        <Value
          name="Frequency"
          value={frequencyHz === null ? null : `${formatFrequency(frequencyHz)} Hz`}
          note={frequencyHz === null ? null : formatDrift(frequencyHz, targetHz)}
        />
        <Value
          name="S-ROI"
          value={sRoi === null ? null : formatSRoi(sRoi)}
          note={sRoi === null ? null : formatMargin(sRoi, sRoiThreshold)}
          below={sRoi !== null && sRoi < sRoiThreshold}
        />
      </div>

      <HeartbeatBar beats={node.beats} />

      <dl className={styles.facts}>
        <Fact name="Last beat">
          <Age atMs={node.lastBeatAtMs} suffix="ago" never="never" />
        </Fact>
        <Fact name="Interval">
          {beatIntervalMs === null ? noValue : `${Math.round(beatIntervalMs)} ms`}
          {beatJitterMs !== null && <span className={styles.soft}> ±{Math.round(beatJitterMs)}</span>}
        </Fact>
        <Fact name="Round trip">{node.isSelf ? noValue : formatMilliseconds(node.roundTripMs)}</Fact>
        <Fact name="Kafka">
          <KafkaHeard node={node} />
        </Fact>
        <Fact name="WebSocket">
          <WebSocketLink node={node} />
        </Fact>
        <Fact name="Status">{node.status ?? noValue}</Fact>
      </dl>
      <Unreachable node={node} />
    </li>
  );
}

interface ValueProps {
  readonly name: string;
  readonly value: string | null;
  readonly note: string | null;
  readonly below?: boolean;
}

function Value({ name, value, note, below = false }: ValueProps) {
  return (
    <div>
      <div className={styles.label}>{name}</div>
      <div className={styles.value}>{value ?? noValue}</div>
      {below && note !== null ? (
        <div className={styles.below}>
          <StateLabel tone="warning">{`${note} below threshold`}</StateLabel>
        </div>
      ) : (
        <div className={styles.soft}>{note ?? 'not heard'}</div>
      )}
    </div>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function WebSocketLink({ node }: { readonly node: NodeView }) {
  if (node.websocket !== null) return <LinkLabel link={node.websocket} />;
  if (node.isSelf) return <StateLabel tone="good">Serving</StateLabel>;
  return node.inboundConnections > 0 ? (
    <StateLabel tone="good">Connected to us</StateLabel>
  ) : (
    <StateLabel tone="idle">No endpoint</StateLabel>
  );
}

/** A configured peer whose server does not answer. */
export function isUnreachable(node: NodeView): boolean {
  const { websocket, isConfigured } = node;
  if (!isConfigured || websocket === null || websocket.lastError === null) return false;
  return websocket.phase === 'backoff' || websocket.phase === 'failed';
}

/** What to do about an unreachable peer. */
function Unreachable({ node }: { readonly node: NodeView }) {
  const { ui, commands } = useStores();
  const link = node.websocket;
  if (!isUnreachable(node) || link === null || link.lastError === null) return null;
  return (
    <div className={styles.problem}>
      <p>{link.lastError.message}</p>
      <div className={styles.actions}>
        <Button icon="edit" onClick={() => ui.getState().showSetting(`peers.${node.name}.websocket`)}>
          Edit endpoint
        </Button>
        <Button icon="retry" onClick={() => void commands.reconnectPeer(node.name)}>
          Retry now
        </Button>
      </div>
    </div>
  );
}
