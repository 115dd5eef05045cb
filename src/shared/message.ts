import { z } from 'zod';
import { parseTimestamp } from './timestamp.js';

/** The five message types of the mesh (docs/protocol.md, Messages). */
export const messageTypes = [
  'state_update',
  'frequency_sync',
  's_roi_update',
  'repository_event',
  'heartbeat',
] as const;
export type MessageType = (typeof messageTypes)[number];

/** The server's own answers over WebSocket. */
export const replyTypes = ['ack', 'error'] as const;
export type ReplyType = (typeof replyTypes)[number];

export type WireType = MessageType | ReplyType;

const frequencySchema = z.number().min(0);
const sRoiSchema = z.number();
const timestampSchema = z
  .string()
  .refine((text) => parseTimestamp(text) !== null, 'expected an ISO 8601 time between 2000 and 2100');
const stampSchema = z.tuple([
  z.int().min(0).max(4_102_444_800_000),
  z.int().min(0),
  z.string().min(1).max(128),
]);

/** What every message may carry. Unknown fields are kept, never a reason to refuse. */
const commonShape = {
  timestamp: timestampSchema.optional(),
  source: z.string().max(256).optional(),
  anchor: z.string().max(256).optional(),
  /** Added by Resonance: UUIDv7, the identity of the message across resends. */
  id: z.string().max(128).optional(),
  /** Added by Resonance: who changed which state field when. */
  stamps: z.record(z.string(), stampSchema).optional(),
};

/** A node's state as it travels: known fields are typed, any other field may come along. */
export const stateDataSchema = z.looseObject({
  frequency: frequencySchema.optional(),
  s_roi: sRoiSchema.optional(),
  status: z.string().optional(),
  anchor: z.string().optional(),
  last_update: z.string().nullable().optional(),
  connected_nodes: z.array(z.string()).optional(),
});

/** `data` holds the state; the server's welcome has the values at the top level instead. Both are read. */
export const stateUpdateSchema = z
  .looseObject({
    type: z.literal('state_update'),
    ...commonShape,
    data: stateDataSchema.optional(),
    frequency: frequencySchema.optional(),
    s_roi: sRoiSchema.optional(),
    status: z.string().optional(),
  })
  .refine(hasState, 'expected `data`, or state values (frequency, s_roi, status) at the top level');

export const frequencySyncSchema = z.looseObject({
  type: z.literal('frequency_sync'),
  ...commonShape,
  frequency: frequencySchema,
  s_roi: sRoiSchema.optional(),
});

export const sRoiUpdateSchema = z.looseObject({
  type: z.literal('s_roi_update'),
  ...commonShape,
  s_roi: sRoiSchema,
});

export const repositoryEventSchema = z.looseObject({
  type: z.literal('repository_event'),
  ...commonShape,
  event_type: z.string().min(1).max(256),
  data: z.looseObject({}).optional(),
});

export const heartbeatSchema = z.looseObject({
  type: z.literal('heartbeat'),
  ...commonShape,
  frequency: frequencySchema.optional(),
  s_roi: sRoiSchema.optional(),
});

export const ackSchema = z.looseObject({
  type: z.literal('ack'),
  ...commonShape,
  original_type: z.string().max(256).optional(),
});

export const errorSchema = z.looseObject({
  type: z.literal('error'),
  ...commonShape,
  message: z.string().optional(),
});

export type StateData = z.infer<typeof stateDataSchema>;
export type StateUpdateMessage = z.infer<typeof stateUpdateSchema>;
export type FrequencySyncMessage = z.infer<typeof frequencySyncSchema>;
export type SRoiUpdateMessage = z.infer<typeof sRoiUpdateSchema>;
export type RepositoryEventMessage = z.infer<typeof repositoryEventSchema>;
export type HeartbeatMessage = z.infer<typeof heartbeatSchema>;
export type AckMessage = z.infer<typeof ackSchema>;
export type ErrorMessage = z.infer<typeof errorSchema>;

/** One of the five types of the mesh. */
export type Message =
  | StateUpdateMessage
  | FrequencySyncMessage
  | SRoiUpdateMessage
  | RepositoryEventMessage
  | HeartbeatMessage;

/** Anything a WebSocket may carry: a message, or a server's answer. */
export type WireMessage = Message | AckMessage | ErrorMessage;

export type MessageOfType<T extends WireType> = Extract<WireMessage, { type: T }>;

/** The authority on each type's shape; parse-message.ts has the fast path that agrees with it. */
export const schemaByType = {
  state_update: stateUpdateSchema,
  frequency_sync: frequencySyncSchema,
  s_roi_update: sRoiUpdateSchema,
  repository_event: repositoryEventSchema,
  heartbeat: heartbeatSchema,
  ack: ackSchema,
  error: errorSchema,
} as const;

export function isMessageType(type: string): type is MessageType {
  return (messageTypes as readonly string[]).includes(type);
}

export function isWireType(type: string): type is WireType {
  return Object.hasOwn(schemaByType, type);
}

/** The answers of a server are no messages of the mesh: they are never relayed nor handled. */
export function isReply(message: WireMessage): message is AckMessage | ErrorMessage {
  return message.type === 'ack' || message.type === 'error';
}

function hasState(message: {
  data?: unknown;
  frequency?: unknown;
  s_roi?: unknown;
  status?: unknown;
}): boolean {
  return (
    message.data !== undefined ||
    message.frequency !== undefined ||
    message.s_roi !== undefined ||
    message.status !== undefined
  );
}

/** Fields of a `state_update` that describe the message, not the state, when the state is at the top level. */
const envelopeFields = new Set([
  'type',
  'timestamp',
  'source',
  'id',
  'stamps',
  'data',
  'message',
  'periodic',
]);

/** The state that a message reports, whichever shape it came in; empty for a `repository_event`. */
export function reportedState(message: Message): StateData {
  switch (message.type) {
    case 'state_update':
      return (
        message.data ??
        Object.fromEntries(Object.entries(message).filter(([key]) => !envelopeFields.has(key)))
      );
    case 'frequency_sync':
    case 's_roi_update':
    case 'heartbeat': {
      const state: StateData = {};
      if (typeof message.frequency === 'number') state.frequency = message.frequency;
      if (typeof message.s_roi === 'number') state.s_roi = message.s_roi;
      if (message.anchor !== undefined) state.anchor = message.anchor;
      return state;
    }
    case 'repository_event':
      return {};
  }
}

/**
 * Marks a broadcast that the sender repeats anyway (added by Resonance: `periodic`): receivers need not remember for days
 * that they saw it.
 */
export function asPeriodic<M extends Message>(message: M): M {
  return { ...message, periodic: true };
}

/** Whether the sender's next message replaces this one: a heartbeat, or a marked broadcast. */
export function isPeriodic(message: Message): boolean {
  return message.type === 'heartbeat' || message.periodic === true;
}

/** UTF-8 JSON as it goes on the wire. */
export function encodeMessage(message: WireMessage): string {
  return JSON.stringify(message);
}
