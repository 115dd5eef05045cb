import type { Transport } from '../../shared/envelope.js';
import type { MessageFilter } from '../../shared/feed.js';
import type { MessageType } from '../../shared/message.js';

/** The part of a kept message that a filter looks at. */
export interface FilterableMessage {
  readonly type: MessageType;
  readonly transport: Transport;
  readonly node: string | null;
  /** Of Kafka; `null` over another transport. */
  readonly topic: string | null;
  /** Of the cluster it came over; null: not over Kafka. */
  readonly profile: { readonly name: string } | null;
  readonly text: string;
}

export type MessageMatcher = (message: FilterableMessage) => boolean;

/** A filter made ready for many messages; `null` when it matches everything. */
export function compileFilter(filter: MessageFilter): MessageMatcher | null {
  const tests: MessageMatcher[] = [];
  const { muteHeartbeats } = filter;
  if (muteHeartbeats) tests.push((message) => message.type !== 'heartbeat');
  if (filter.types.length > 0) {
    const types = new Set(filter.types);
    tests.push((message) => types.has(message.type));
  }
  if (filter.transports.length > 0) {
    const transports = new Set(filter.transports);
    tests.push((message) => transports.has(message.transport));
  }
  if (filter.profiles.length > 0) {
    const profiles = new Set(filter.profiles);
    tests.push((message) => message.profile !== null && profiles.has(message.profile.name));
  }
  if (filter.topics.length > 0) {
    const topics = new Set(filter.topics);
    tests.push((message) => message.topic !== null && topics.has(message.topic));
  }
  if (filter.nodes.length > 0) {
    const nodes = new Set(filter.nodes);
    tests.push((message) => message.node !== null && nodes.has(message.node));
  }
  if (filter.text !== '') {
    const text = literalPattern(filter.text);
    tests.push((message) => text.test(message.text));
  }
  if (tests.length === 0) return null;
  // The cheap tests come first, the text last.
  return (message) => tests.every((test) => test(message));
}

/** Finds a text in any case, without the copy in lower case of every message that a search in that would make. */
function literalPattern(text: string): RegExp {
  return new RegExp(text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'i');
}
