import { z } from 'zod';
import { messageTypes } from './message.js';

/** What an operator asks to send. The message's own content; the node adds timestamp, anchor, source and id. */
export const composeRequestSchema = z.strictObject({
  type: z.enum(messageTypes),
  /** Extra and type-specific wire fields (`data`, `frequency`, `s_roi`, `event_type`, ...). */
  fields: z.record(z.string(), z.unknown()),
  /** A configured peer, or null for all. */
  target: z.string().max(63).nullable(),
  via: z.enum(['kafka', 'websocket', 'both']),
});

export type ComposeRequest = z.infer<typeof composeRequestSchema>;
