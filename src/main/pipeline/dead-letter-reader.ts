import type { Clock } from '../../shared/clock.js';
import { deadLetterTopic } from '../../shared/dead-letter.js';
import type { Logger } from '../../shared/logger.js';
import type { Message } from '../../shared/message.js';
import { TopicTap } from '../kafka/topic-tap.js';
import { type DeadLetterFacts, decodeDeadLetterFacts } from './dead-letter-headers.js';
import type { KafkaSide } from './kafka-side.js';

/** A dead letter with the message that it is about. */
export interface DeadLetter {
  readonly facts: DeadLetterFacts;
  readonly message: Message;
  readonly text: string;
}

export interface DeadLettersRead {
  /** Oldest first. */
  readonly letters: readonly DeadLetter[];
  /** There are older records that were not looked at, or letters that did not fit. */
  readonly hasOlder: boolean;
}

export interface ReadDeadLettersOptions {
  readonly kafka: Pick<KafkaSide, 'admin' | 'connection'>;
  readonly isSettled: (facts: DeadLetterFacts) => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Records looked at before each partition's end, settled ones among them. */
const recordsRead = 5_000;
const lettersKept = 500;
const bytesKept = 8 * 1_048_576;
const readTimeoutMs = 5_000;

/** The newest unsettled letters of the topic as it is now. @throws ResonanceError of a `KAFKA_` code */
export async function readDeadLetters(options: ReadDeadLettersOptions): Promise<DeadLettersRead> {
  const { kafka, isSettled, clock, logger } = options;
  const { admin, connection } = kafka;
  const [topic] = await admin.describeTopics([deadLetterTopic]);
  const ends = new Map<number, bigint>();
  let hasOlder = false;
  for (const { partition, lowOffset, highWatermark } of topic?.partitions ?? []) {
    // Looking into the topic says why.
    if (lowOffset === null || highWatermark === null) continue;
    const count = BigInt(highWatermark) - BigInt(lowOffset);
    if (count > 0n) ends.set(partition, BigInt(highWatermark) - 1n);
    hasOlder ||= count > BigInt(recordsRead);
  }
  const letters: DeadLetter[] = [];
  if (ends.size === 0) return { letters, hasOlder };
  const tap = new TopicTap({
    connection,
    topics: [deadLetterTopic],
    from: { newest: recordsRead },
    admin,
    clock,
    logger,
  });
  // The last offsets may be those of records that no consumer sees.
  const deadline = clock.after(readTimeoutMs, () => void tap.close());
  let bytes = 0;
  try {
    for await (const item of tap.items()) {
      const position = 'envelope' in item ? item.envelope.kafka : item.rejected;
      const facts = 'envelope' in item ? decodeDeadLetterFacts(item.envelope.headers ?? {}) : null;
      if ('envelope' in item && facts !== null && !isSettled(facts)) {
        const { message, text } = item.envelope;
        letters.push({ facts, message, text });
        bytes += text.length;
      }
      while (letters.length > lettersKept || (bytes > bytesKept && letters.length > 1)) {
        bytes -= letters.shift()?.text.length ?? 0;
        hasOlder = true;
      }
      if (position === undefined) continue;
      const end = ends.get(position.partition);
      if (end !== undefined && BigInt(position.offset) >= end) ends.delete(position.partition);
      if (ends.size === 0) break;
    }
  } finally {
    deadline.cancel();
  }
  return { letters: letters.sort((a, b) => (a.facts.id < b.facts.id ? -1 : 1)), hasOlder };
}
