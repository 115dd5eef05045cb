import type { LinkPhase, NodeView } from '../../../shared/feed.js';

/** Whether a node is heard over Kafka; `unreachable` while this node itself is not connected and hears nobody. */
export type KafkaHearing = 'never' | 'heard' | 'silent' | 'unreachable';

/** Until a node's own pace shows, one that was silent for so long is not heard any more. */
const silentMs = 15_000;
/** Broadcasts that a node may miss at its own pace. */
const missedBeats = 3;

export function kafkaHearing(
  node: Pick<NodeView, 'kafkaHeardAtMs' | 'beatIntervalMs'>,
  ownLink: LinkPhase | undefined,
  nowMs: number,
): KafkaHearing {
  if (ownLink !== undefined && ownLink !== 'open') return 'unreachable';
  const { kafkaHeardAtMs, beatIntervalMs } = node;
  if (kafkaHeardAtMs === null) return 'never';
  const patienceMs = Math.max(silentMs, (beatIntervalMs ?? 0) * missedBeats);
  return nowMs - kafkaHeardAtMs < patienceMs ? 'heard' : 'silent';
}
