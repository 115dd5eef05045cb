import {
  StateSynchronizer,
  type StateSynchronizerOptions,
} from '../../../src/main/sync/state-synchronizer.js';
import type { Envelope, Transport } from '../../../src/shared/envelope.js';
import { encodeMessage, isReply, type Message } from '../../../src/shared/message.js';
import { parseMessage } from '../../../src/shared/parse-message.js';
import { ManualClock } from '../../support/manual-clock.js';
import { silentLogger } from '../../support/silent-logger.js';

export const meshStartMs = Date.UTC(2026, 0, 13, 2);

/** A message as a node reads it: through the text on the wire and the parser. */
export function envelopeOf(message: Message, change: Partial<Envelope> = {}): Envelope {
  const text = encodeMessage(message);
  const parsed = parseMessage(text);
  if (!parsed.ok) throw new Error(`${parsed.rejection.reason}: ${parsed.rejection.detail}`);
  if (isReply(parsed.message)) throw new Error('a reply is no message');
  const transport: Transport = 'kafka';
  return {
    message: parsed.message,
    direction: 'in',
    transport,
    node: parsed.message.source ?? null,
    text,
    byteLength: text.length,
    atMs: meshStartMs,
    ...change,
  };
}

export interface TestNode {
  readonly synchronizer: StateSynchronizer;
  readonly clock: ManualClock;
  readonly sent: { readonly message: Message; readonly periodic: boolean }[];
}

export function createNode(
  name: string,
  change: Partial<StateSynchronizerOptions> & { readonly clock?: ManualClock } = {},
): TestNode {
  const clock = change.clock ?? new ManualClock(meshStartMs);
  const sent: TestNode['sent'] = [];
  const synchronizer = new StateSynchronizer({
    identity: { name, anchor: 'BOLZANO_71' },
    initial: { frequency: 0.043, s_roi: 0.502, status: 'supraleitend' },
    intervalMs: 1_000,
    logger: silentLogger,
    publish: (message, { periodic }) => sent.push({ message, periodic }),
    connectedNodes: () => [],
    ...change,
    clock,
  });
  return { synchronizer, clock, sent };
}
