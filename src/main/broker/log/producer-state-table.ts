import type { RecordBatchHeader } from '../records/record-batch.js';
import { BrokerLogError } from './broker-log-error.js';

/** As Apache Kafka: an idempotent producer has at most five requests in flight (KIP-98, KAFKA-5494). */
const REMEMBERED_BATCHES = 5;
const MAX_SEQUENCE = 0x7fff_ffff;

interface RememberedBatch {
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly baseOffset: number;
  readonly lastOffset: number;
}

interface ProducerState {
  readonly epoch: number;
  /** Oldest first, at most five. */
  readonly batches: readonly RememberedBatch[];
}

export type ProducerStateSnapshot = readonly (readonly [producerId: number, state: ProducerState])[];

/**
 * What a partition remembers of its idempotent producers, to recognise a batch that is sent again and one that does not
 * follow its predecessor. Appends that are not durable yet are staged: `commit` keeps them, `rollBack` forgets them.
 *
 * Bounded: beyond `maxProducers` the one that has been silent longest is forgotten. What an unknown producer sends is accepted
 * at any sequence number, as by Apache Kafka, where state expires too.
 */
export class ProducerStateTable {
  readonly #maxProducers: number;
  /** In the order of their last append. */
  readonly #committed = new Map<number, ProducerState>();
  readonly #staged = new Map<number, ProducerState>();

  constructor(maxProducers = 10_000) {
    this.#maxProducers = maxProducers;
  }

  get size(): number {
    return this.#committed.size;
  }

  /**
   * Where the batch already is, when it is a repetition; undefined when it may be appended.
   *
   * @throws BrokerLogError INVALID_PRODUCER_EPOCH, OUT_OF_ORDER_SEQUENCE_NUMBER
   */
  check(header: RecordBatchHeader): { baseOffset: number; lastOffset: number } | undefined {
    const { producerId, producerEpoch, baseSequence } = header;
    const state = this.#staged.get(producerId) ?? this.#committed.get(producerId);
    if (!state) return undefined;
    if (producerEpoch < state.epoch) {
      throw new BrokerLogError(
        'INVALID_PRODUCER_EPOCH',
        `Producer ${producerId} sent epoch ${producerEpoch} after ${state.epoch}`,
      );
    }
    if (producerEpoch > state.epoch) {
      if (baseSequence === 0) return undefined;
      throw outOfOrder(producerId, baseSequence, 0);
    }
    const lastSequence = lastSequenceOf(header);
    const repeated = state.batches.find(
      (batch) => batch.firstSequence === baseSequence && batch.lastSequence === lastSequence,
    );
    if (repeated) return repeated;
    const expected = sequenceAfter(state.batches.at(-1)?.lastSequence ?? -1, 1);
    if (baseSequence !== expected) throw outOfOrder(producerId, baseSequence, expected);
    return undefined;
  }

  /** Notes an append that `check` let pass. */
  stage(header: RecordBatchHeader, baseOffset: number): void {
    const { producerId, producerEpoch } = header;
    const state = this.#staged.get(producerId) ?? this.#committed.get(producerId);
    const earlier = state?.epoch === producerEpoch ? state.batches : [];
    const batch: RememberedBatch = {
      firstSequence: header.baseSequence,
      lastSequence: lastSequenceOf(header),
      baseOffset,
      lastOffset: baseOffset + header.lastOffsetDelta,
    };
    this.#staged.set(producerId, {
      epoch: producerEpoch,
      batches: [...earlier, batch].slice(-REMEMBERED_BATCHES),
    });
  }

  commit(): void {
    for (const [producerId, state] of this.#staged) this.#keep(producerId, state);
    this.#staged.clear();
  }

  rollBack(): void {
    this.#staged.clear();
  }

  snapshot(): ProducerStateSnapshot {
    return [...this.#committed];
  }

  restore(snapshot: ProducerStateSnapshot): void {
    this.#committed.clear();
    for (const [producerId, state] of snapshot) this.#keep(producerId, state);
  }

  #keep(producerId: number, state: ProducerState): void {
    this.#committed.delete(producerId);
    this.#committed.set(producerId, state);
    if (this.#committed.size <= this.#maxProducers) return;
    const [idlest] = this.#committed.keys();
    if (idlest !== undefined) this.#committed.delete(idlest);
  }
}

function lastSequenceOf(header: RecordBatchHeader): number {
  return sequenceAfter(header.baseSequence, header.lastOffsetDelta);
}

/** Sequence numbers start again at 0 after 2^31 - 1. */
function sequenceAfter(sequence: number, increment: number): number {
  const next = sequence + increment;
  return next <= MAX_SEQUENCE ? next : next - MAX_SEQUENCE - 1;
}

function outOfOrder(producerId: number, sequence: number, expected: number): BrokerLogError {
  return new BrokerLogError(
    'OUT_OF_ORDER_SEQUENCE_NUMBER',
    `Producer ${producerId} sent sequence number ${sequence} where ${expected} was expected`,
  );
}
