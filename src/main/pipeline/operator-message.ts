import type { ComposeRequest } from '../../shared/compose.js';
import type { Config } from '../../shared/config.js';
import { ResonanceError } from '../../shared/errors.js';
import type { Message, MessageType, StateData } from '../../shared/message.js';
import { isReply } from '../../shared/message.js';
import { validateMessage } from '../../shared/parse-message.js';
import { formatTimestamp } from '../../shared/timestamp.js';
import type { OutboxDestination } from '../outbox/outbox-record.js';
import type { StateMessageType, StateUpdate, UpdateOptions } from '../sync/state-synchronizer.js';

/** What turning an operator's request into a message needs of the node. */
export interface OperatorMessageContext {
  readonly config: Config;
  readonly nowMs: number;
  readonly id: string;
  /** Peers that a WebSocket message can reach now. */
  readonly connectedPeers: readonly string[];
  /** Changes this node's own state and gives the stamped message of the change, unsent. */
  updateState(patch: StateData, options: UpdateOptions): StateUpdate;
}

export interface OperatorMessage {
  readonly message: Message;
  readonly destinations: readonly OutboxDestination[];
}

/**
 * The message of a request and where its copies go.
 *
 * State messages to all change this node's own state, stamped, so that the next broadcast says the same. State
 * messages to one node are a report to that node alone and change nothing here.
 *
 * @throws ResonanceError `TARGET_UNKNOWN`, `MESSAGE_INVALID`, `WEBSOCKET_NOT_CONNECTED`
 */
export function createOperatorMessage(
  request: ComposeRequest,
  context: OperatorMessageContext,
): OperatorMessage {
  const destinations = destinationsOf(request, context);
  const plain = createPlainMessage(request.type, request.fields, context);
  if (request.target !== null || plain.type === 'repository_event' || plain.type === 'heartbeat') {
    return { message: plain, destinations };
  }
  const { message } = context.updateState(statePatch(plain, request.fields), {
    type: plain.type,
    publish: false,
  });
  return { message: { ...plain, ...message, id: context.id } as Message, destinations };
}

/** A signed message of this node without stamps. @throws ResonanceError `MESSAGE_INVALID` */
export function createPlainMessage(
  type: MessageType,
  fields: Readonly<Record<string, unknown>>,
  { config, nowMs, id }: Pick<OperatorMessageContext, 'config' | 'nowMs' | 'id'>,
): Message {
  return validated({
    ...fields,
    type,
    timestamp: formatTimestamp(nowMs),
    id,
    anchor: config.node.anchor,
    source: config.node.name,
  });
}

/**
 * The topic of a message: the target's own, or the one that all read.
 *
 * @throws ResonanceError `TARGET_UNKNOWN` naming the known ones
 */
export function kafkaTopicOf(config: Config, type: MessageType, target: string | null): string {
  if (target !== null) return peerOf(config, target).topic;
  const { outbound, stateSync } = config.kafka.topics;
  return type === 'repository_event' ? outbound : stateSync;
}

function statePatch(
  message: Message & { type: StateMessageType },
  fields: ComposeRequest['fields'],
): StateData {
  if (message.type !== 'state_update') {
    const { frequency, s_roi } = message;
    return {
      ...(typeof frequency === 'number' ? { frequency } : {}),
      ...(typeof s_roi === 'number' ? { s_roi } : {}),
    };
  }
  return (message.data ?? fields) as StateData;
}

function validated(value: unknown): Message {
  const result = validateMessage(value);
  if (!result.ok) {
    throw new ResonanceError('MESSAGE_INVALID', result.rejection.detail, {
      hint: 'Correct the field and send again; nothing was sent.',
    });
  }
  if (isReply(result.message)) throw new ResonanceError('MESSAGE_INVALID', 'Answers cannot be sent by hand');
  return result.message;
}

function destinationsOf(request: ComposeRequest, context: OperatorMessageContext): OutboxDestination[] {
  const { config, connectedPeers } = context;
  const { type, target, via } = request;
  const topic = kafkaTopicOf(config, type, target);
  const destinations: OutboxDestination[] = [];
  if (via !== 'websocket') destinations.push({ via: 'kafka', destination: topic });
  if (via !== 'kafka') {
    for (const name of target === null ? connectedPeers : [target]) {
      destinations.push({ via: 'websocket', destination: name });
    }
  }
  if (destinations.length === 0) {
    throw new ResonanceError('WEBSOCKET_NOT_CONNECTED', 'No peer is connected over WebSocket just now', {
      retriable: true,
      hint: 'Send it via Kafka, or wait until a peer connects (see Nodes).',
    });
  }
  return destinations;
}

function peerOf(config: Config, name: string): Config['peers'][string] {
  const peer = Object.hasOwn(config.peers, name) ? config.peers[name] : undefined;
  if (peer === undefined) {
    const known = Object.keys(config.peers).join(', ') || 'none';
    throw new ResonanceError('TARGET_UNKNOWN', `No node is named ${name}; known are: ${known}`, {
      hint: 'Choose one of them, or add the node under Settings, Peers.',
    });
  }
  return peer;
}
