import { activeProfile } from '../../shared/active-profile.js';
import type { Config } from '../../shared/config.js';
import type { ErrorReport } from '../../shared/errors.js';
import type { LinkState, NodeStatus } from '../../shared/feed.js';
import type { Monitor } from '../monitor/monitor.js';
import type { DemoMesh } from '../simulation/demo-mesh.js';
import type { ResonancePipeline } from './resonance-pipeline.js';

export interface NodeStatusSources {
  readonly config: Config;
  /** Null before the first start. */
  readonly pipeline: ResonancePipeline | null;
  readonly monitor: Monitor;
  readonly mesh: DemoMesh | null;
  /** The start failed for good: nothing runs. */
  readonly hasFailed: boolean;
}

/** The node as a whole, as the operator sees it right now. */
export function readNodeStatus({
  config,
  pipeline,
  monitor,
  mesh,
  hasFailed,
}: NodeStatusSources): NodeStatus {
  const kafka = pipeline?.kafka ?? null;
  const offline = offLink(config.kafka.brokers.join(', '), pipeline?.kafkaError ?? null);
  const stats = pipeline?.server.stats;
  return {
    phase: hasFailed ? 'failed' : (pipeline?.phase ?? 'stopped'),
    nodeName: config.node.name,
    startedAtMs: pipeline?.startedAtMs ?? null,
    profile: activeProfile(config),
    kafka: {
      mode: kafka?.selected.mode ?? 'undecided',
      brokers: kafka?.selected.brokers ?? config.kafka.brokers,
      producer: kafka?.producer.link ?? offline,
      consumer: kafka?.consumer.view ?? {
        groupId: config.kafka.groupId,
        link: offline,
        assignment: [],
        handlerFailures: 0,
      },
    },
    websocket: {
      url: pipeline?.listenState.url ?? null,
      connections: stats?.connections ?? 0,
      slowReadersClosed: stats?.slowReadersClosed ?? 0,
      connectionsRefused: Object.values(stats?.refused ?? {}).reduce((sum, count) => sum + count, 0),
      lastError: pipeline?.listenState.error ?? null,
    },
    simulation: { running: mesh !== null, nodes: mesh?.views() ?? [] },
    deadLetters: pipeline?.delivery.deadLetters.view ?? { total: 0, lastAtMs: null, waiting: 0 },
    repeats: pipeline?.delivery.repeats.view ?? { dropped: 0, withoutId: 0, known: 0 },
    outbox: pipeline?.outbox?.counts() ?? { queued: 0, inFlight: 0, failed: 0 },
    rejections: { total: monitor.rejections.total, byReason: monitor.rejections.byReason },
    history: { ...monitor.history.size, profiles: monitor.history.profiles },
  };
}

function offLink(endpoint: string, lastError: ErrorReport | null): LinkState {
  const phase = lastError === null ? 'off' : 'failed';
  return { phase, endpoint, sinceMs: 0, attempt: 0, nextAttemptAtMs: null, lastError };
}
