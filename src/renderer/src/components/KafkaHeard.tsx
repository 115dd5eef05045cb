import type { NodeView } from '../../../shared/feed.js';
import { useStoreState } from '../stores/stores-context.js';
import { Age } from './Age.js';
import { type KafkaHearing, kafkaHearing } from './kafka-hearing.js';
import { StateLabel, type Tone } from './StateMark.js';
import { useNow } from './use-now.js';

const labels: Readonly<Record<KafkaHearing, readonly [Tone, string]>> = {
  never: ['idle', 'Not heard'],
  heard: ['good', 'Heard'],
  silent: ['bad', 'Silent'],
  unreachable: ['warning', 'Cut off'],
};

/** Whether a node is heard over Kafka, and since when it is not. */
export function KafkaHeard({ node }: { readonly node: NodeView }) {
  const nowMs = useNow();
  const ownLink = useStoreState('status', (state) => state.status?.kafka.consumer.link.phase);
  const hearing = kafkaHearing(node, ownLink, nowMs);
  const [tone, words] = labels[hearing];
  return (
    <span title={hearing === 'unreachable' ? 'This node itself has no connection to Kafka' : undefined}>
      <StateLabel tone={tone}>{words}</StateLabel>
      {hearing === 'silent' && (
        <>
          {' '}
          <Age atMs={node.kafkaHeardAtMs} />
        </>
      )}
    </span>
  );
}
