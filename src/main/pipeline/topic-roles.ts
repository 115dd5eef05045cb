import type { Config } from '../../shared/config.js';
import { deadLetterTopic } from '../../shared/dead-letter.js';

/** What the settings use each topic for, by the topic's name. */
export function topicRoles(config: Config): Record<string, string> {
  const { outbound, inbound, stateSync } = config.kafka.topics;
  const peers = Object.entries(config.peers).map(([name, { topic }]) => [topic, name]);
  return {
    ...Object.fromEntries(peers),
    [stateSync]: 'state sync',
    [outbound]: 'outbound',
    [inbound]: 'inbound',
    [deadLetterTopic]: 'dead letters',
  };
}
