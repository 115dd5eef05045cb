import type { Config } from '../../../../shared/config.js';
import type { MessageType } from '../../../../shared/message.js';
import type { Via } from '../../stores/compose-draft.js';

/** Where a message will go, in words (docs/protocol.md, Messages). */
export function describeRoute(type: MessageType, target: string | null, via: Via, config: Config): string {
  const ways: string[] = [];
  if (via !== 'websocket') ways.push(`topic ${kafkaTopic(type, target, config)}`);
  if (via !== 'kafka') ways.push(target === null ? 'every connected peer' : `${target}’s WebSocket`);
  return `Goes to ${ways.join(' and ')}.`;
}

function kafkaTopic(type: MessageType, target: string | null, config: Config): string {
  if (type !== 'repository_event') return config.kafka.topics.stateSync;
  const peer = target === null ? undefined : config.peers[target];
  return peer?.topic ?? config.kafka.topics.outbound;
}
