import type { DeadLetterView } from '../../shared/dead-letter.js';
import { type Envelope, transports } from '../../shared/envelope.js';
import { formatTimestamp, parseTimestamp } from '../../shared/timestamp.js';

/** What the headers of a dead letter say; the record's value is the message itself. */
export interface DeadLetterFacts extends Omit<DeadLetterView, 'type' | 'text' | 'isWaiting'> {
  /** Of an outbound message: its entry in the outbox. */
  readonly outboxId?: string;
}

type Headers = Readonly<Record<string, string>>;

const names = {
  id: 'resonance-dead-letter-id',
  at: 'resonance-failed-at',
  direction: 'resonance-direction',
  node: 'resonance-sender',
  failedBy: 'resonance-failed-by',
  transport: 'resonance-transport',
  origin: 'resonance-origin',
  causeCode: 'resonance-cause-code',
  cause: 'resonance-cause',
  tries: 'resonance-tries',
  outboxId: 'resonance-outbox-id',
} as const;

/** The broker counts headers as part of the record. */
const maxCauseLength = 2_000;

export function encodeDeadLetterFacts(facts: DeadLetterFacts): Record<string, string> {
  return {
    [names.id]: facts.id,
    [names.at]: formatTimestamp(facts.atMs),
    [names.direction]: facts.direction,
    ...(facts.node === null ? {} : { [names.node]: facts.node }),
    [names.failedBy]: facts.failedBy,
    [names.transport]: facts.transport,
    [names.origin]: facts.origin,
    [names.causeCode]: facts.causeCode,
    [names.cause]: facts.cause.slice(0, maxCauseLength),
    [names.tries]: String(facts.tries),
    ...(facts.outboxId === undefined ? {} : { [names.outboxId]: facts.outboxId }),
  };
}

/** Null for a record that another program has put there. */
export function decodeDeadLetterFacts(headers: Headers): DeadLetterFacts | null {
  const id = headers[names.id];
  const transport = transports.find((name) => name === headers[names.transport]);
  const at = parseTimestamp(headers[names.at] ?? '');
  if (id === undefined || transport === undefined || at === null) return null;
  const outboxId = headers[names.outboxId];
  return {
    id,
    atMs: at,
    direction: headers[names.direction] === 'out' ? 'out' : 'in',
    node: headers[names.node] ?? null,
    failedBy: headers[names.failedBy] ?? '',
    transport,
    origin: headers[names.origin] ?? '',
    causeCode: headers[names.causeCode] ?? '',
    cause: headers[names.cause] ?? '',
    tries: Number(headers[names.tries] ?? 0),
    ...(outboxId === undefined ? {} : { outboxId }),
  };
}

/** `topic/partition@offset`, or the connection. */
export function originOf({ kafka, connection }: Envelope): string {
  return kafka === undefined ? (connection ?? '') : `${kafka.topic}/${kafka.partition}@${kafka.offset}`;
}
