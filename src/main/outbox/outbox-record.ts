import { z } from 'zod';
import type { ErrorReport } from '../../shared/errors.js';
import { errorCodes } from '../../shared/errors.js';
import type { Message } from '../../shared/message.js';
import { messageTypes } from '../../shared/message.js';
import { validateMessage } from '../../shared/parse-message.js';

/** Where one copy of a message has to go. */
export interface OutboxDestination {
  readonly via: 'kafka' | 'websocket';
  /** Topic, or the peer's name. */
  readonly destination: string;
}

/** What the broker or the peer said when it took a copy. */
export interface DeliveryProof {
  readonly topic?: string;
  readonly partition?: number;
  readonly offset?: string;
  readonly ackMs?: number;
}

/** One message with its copies, as it was accepted: an operator's, a change of the state, or a dead letter. */
export interface OutboxItem {
  /** The message's `id`; of a dead letter its own. */
  readonly id: string;
  readonly atMs: number;
  readonly target: string | null;
  readonly message: Message;
  readonly destinations: readonly OutboxDestination[];
  /** Kafka headers of a dead letter. Such an item is no operator's message: it has no receipt and is not counted. */
  readonly deadLetter?: Readonly<Record<string, string>>;
}

export type OutboxDeadLetter = OutboxItem & Required<Pick<OutboxItem, 'deadLetter'>>;

/** What the journal holds, in order; replaying it gives the outbox back after a crash. */
export type OutboxRecord =
  | { readonly kind: 'queued'; readonly item: OutboxItem }
  | { readonly kind: 'delivered'; readonly id: string; readonly index: number; readonly proof: DeliveryProof }
  | { readonly kind: 'failed'; readonly id: string; readonly index: number; readonly error: ErrorReport }
  | { readonly kind: 'requeued'; readonly id: string }
  | { readonly kind: 'discarded'; readonly id: string };

const itemSchema = z.object({
  id: z.string(),
  atMs: z.number(),
  target: z.string().nullable(),
  message: z.looseObject({ type: z.enum(messageTypes) }),
  destinations: z.array(z.object({ via: z.enum(['kafka', 'websocket']), destination: z.string() })).min(1),
  deadLetter: z.record(z.string(), z.string()).optional(),
});

const recordSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('queued'), item: itemSchema }),
  z.object({
    kind: z.literal('delivered'),
    id: z.string(),
    index: z.int().min(0),
    proof: z.object({
      topic: z.string().optional(),
      partition: z.number().optional(),
      offset: z.string().optional(),
      ackMs: z.number().optional(),
    }),
  }),
  z.object({
    kind: z.literal('failed'),
    id: z.string(),
    index: z.int().min(0),
    error: z.object({
      code: z.enum(errorCodes),
      message: z.string(),
      retriable: z.boolean(),
      hint: z.string().optional(),
    }),
  }),
  z.object({ kind: z.literal('requeued'), id: z.string() }),
  z.object({ kind: z.literal('discarded'), id: z.string() }),
]);

export function encodeOutboxRecord(record: OutboxRecord): Buffer {
  return Buffer.from(JSON.stringify(record));
}

/** The record, or null for bytes that are none (a newer version's record, for one). */
export function decodeOutboxRecord(bytes: Uint8Array): OutboxRecord | null {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return null;
  }
  const parsed = recordSchema.safeParse(value);
  if (!parsed.success) return null;
  const record = parsed.data;
  if (record.kind === 'queued') {
    const checked = validateMessage(record.item.message);
    if (!checked.ok) return null;
  }
  return record as OutboxRecord;
}
