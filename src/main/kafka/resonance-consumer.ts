import type { EachBatchPayload, IMemberAssignment } from 'kafkajs';
import type { Clock } from '../../shared/clock.js';
import type { Envelope } from '../../shared/envelope.js';
import { ResonanceError } from '../../shared/errors.js';
import type { ConsumerView, LinkState } from '../../shared/feed.js';
import type { Logger } from '../../shared/logger.js';
import type { MessageType } from '../../shared/message.js';
import { createUuidV7 } from '../../shared/uuid.js';
import { reconnectDelayMs } from './backoff.js';
import { BatchHandler } from './batch-handler.js';
import { brokersAsText, type KafkaConnectionSettings } from './connection-settings.js';
import { ConsumerSession, type ConsumerTuning, defaultConsumerTuning } from './consumer-session.js';
import { settledWithin } from './deadline.js';
import type { RejectedRecord, ResolveNode } from './decode-record.js';
import { type FailedMessage, HandlerRegistry, type MessageHandler } from './handler-registry.js';
import { type LinkListener, LinkTracker } from './link-tracker.js';
import { type CommitTarget, OffsetCommitter } from './offset-committer.js';
import { OffsetLedger } from './offset-ledger.js';
import { tapGroupPrefix } from './read-only-guard.js';
import { noRepeatFilter, type RepeatFilter } from './repeat-filter.js';
import type { TopicCatalogue } from './topic-directory.js';
import { translateKafkaError } from './translate-error.js';
import { TroubleLog } from './trouble-log.js';
import { Wakeup } from './wakeup.js';

export interface ResonanceConsumerOptions {
  readonly connection: KafkaConnectionSettings;
  /** Instances with the same group share the partitions. */
  readonly groupId: string;
  readonly topics: readonly string[];
  /** Looks topics up and creates missing ones: a `KafkaAdmin`. */
  readonly catalogue: TopicCatalogue;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Valid messages in order of arrival, many at a time: the hot path. Must not keep the loop busy. */
  readonly onEnvelopes?: (envelopes: readonly Envelope[]) => void;
  readonly onRejected?: (rejected: RejectedRecord) => void;
  /** The handlers, where they are shared with others. Default: its own. */
  readonly handlers?: HandlerRegistry;
  /** Of its own handlers: one has failed on a message for the last time. */
  readonly onHandlerFailure?: (error: ResonanceError, envelope: Envelope) => void;
  /** Keeps a message that its handlers failed on; the offset moves past it once this resolves. Default: nothing is kept. */
  readonly onGivenUp?: (failed: FailedMessage) => Promise<void>;
  /** Finds repeats, which are shown and have no effect. Default: there are none. */
  readonly repeats?: RepeatFilter;
  /** These topics are not there to be read, and why; the others are. Empty once all are. */
  readonly onMissingTopics?: (topics: readonly string[], reason: ResonanceError | null) => void;
  /** Awaited before offsets are committed; while it rejects they are not. */
  readonly beforeCommit?: () => Promise<void>;
  /** Names the sender of a message; its `source` by default. */
  readonly resolveNode?: ResolveNode;
  /** Of a group without committed offsets. Default true. */
  readonly fromBeginning?: boolean;
  readonly tuning?: Partial<ConsumerTuning>;
  /** Commit at most so often while messages flow. Default 1,000 ms. */
  readonly commitIntervalMs?: number;
}

const defaultCommitIntervalMs = 1_000;
/** A rebalance waits for every member, and this one should not be the last. */
const rebalanceCommitMs = 1_000;
/** How often a watcher looks whether a missing topic is there by now. */
const missingTopicsIntervalMs = 5_000;

/**
 * Reads the mesh's messages from Kafka, at least once: an offset is committed after the handlers ran.
 *
 * Nothing that the topics hold or the cluster does ends it: bad records are rejected one by one, handlers may throw,
 * missing topics are created or waited for, and a lost, dead or crashed connection is rebuilt with full-jitter backoff
 * for ever. Only {@link close} does.
 */
export class ResonanceConsumer {
  readonly #options: ResonanceConsumerOptions;
  readonly #logger: Logger;
  readonly #endpoint: string;
  readonly #link: LinkTracker;
  readonly #handlers: HandlerRegistry;
  /** On a cluster that is only watched a throw-away group, which shares nothing with this node's other instances. */
  readonly #groupId: string;
  readonly #ledger = new OffsetLedger();
  readonly #wakeup: Wakeup;
  readonly #paused = new Set<string>();
  readonly #batches: BatchHandler;
  readonly #offsets: OffsetCommitter;
  #assignment: IMemberAssignment = {};
  /** Set once the group is joined, perhaps without partitions: there may be more instances than partitions. */
  #memberId: string | null = null;
  /** Settles when the group may be joined again. */
  #outside: Promise<void> | null = null;
  #session: ConsumerSession | undefined;
  #running: Promise<void> | undefined;
  #firstAttempt: (() => void) | undefined;
  #closed = false;

  constructor(options: ResonanceConsumerOptions) {
    this.#options = options;
    this.#logger = options.logger.child('consumer');
    this.#endpoint = brokersAsText(options.connection);
    this.#groupId =
      options.connection.readOnly === true ? `${tapGroupPrefix}${createUuidV7()}` : options.groupId;
    this.#link = new LinkTracker(this.#endpoint, options.clock);
    this.#wakeup = new Wakeup(options.clock);
    this.#handlers =
      options.handlers ??
      new HandlerRegistry({
        clock: options.clock,
        logger: this.#logger,
        ...(options.onHandlerFailure === undefined ? {} : { onFailure: options.onHandlerFailure }),
      });
    this.#batches = this.#createBatchHandler();
    this.#offsets = new OffsetCommitter({
      ledger: this.#ledger,
      clock: options.clock,
      logger: this.#logger,
      intervalMs: options.commitIntervalMs ?? defaultCommitIntervalMs,
      beforeCommit: options.beforeCommit ?? (() => Promise.resolve()),
      target: () => this.#commitTarget(),
    });
  }

  get link(): LinkState {
    return this.#link.state;
  }

  /** How often handlers threw, rejected or did not end in time, each try counted. */
  get handlerFailures(): number {
    return this.#handlers.failures;
  }

  /** As the group's coordinator names this instance; null while it is no member. */
  get memberId(): string | null {
    return this.#memberId;
  }

  /** Everything that the operator sees of this consumer. */
  get view(): ConsumerView {
    return {
      groupId: this.#groupId,
      link: this.#link.state,
      assignment: Object.entries(this.#assignment).map(([topic, partitions]) => ({ topic, partitions })),
      handlerFailures: this.#handlers.failures,
    };
  }

  /** Listens to changes of the connection's state and of the assignment (see {@link view}); returns the unsubscribe. */
  onLinkChange(listener: LinkListener): () => void {
    return this.#link.onChange(listener);
  }

  /**
   * Calls `handler` for every message of this type, in order within a partition; several handlers may share a type.
   * One that throws, rejects or hangs for 5 s gets the message again, five times in all; after that the message is
   * handed to `onGivenUp`. Meanwhile the partition waits, and no other.
   *
   * @returns the unregister
   */
  registerHandler<T extends MessageType>(type: T, handler: MessageHandler<T>): () => void {
    return this.#handlers.register(type, handler);
  }

  /** Begins to consume; resolves when the group is joined, or the first attempt to has failed. Idempotent. */
  async start(): Promise<void> {
    if (this.#closed) throw new ResonanceError('KAFKA_CLOSED', 'the consumer is closed');
    if (this.#running !== undefined) return;
    const firstAttempt = new Promise<void>((resolve) => {
      this.#firstAttempt = resolve;
    });
    this.#running = this.#keepConsuming();
    await firstAttempt;
  }

  /** Stops fetching, of all topics by default; stays in the group. */
  pause(topics: readonly string[] = this.#options.topics): void {
    for (const topic of topics) this.#paused.add(topic);
    if (this.#memberId !== null) this.#session?.pause(topics);
  }

  resume(topics: readonly string[] = this.#options.topics): void {
    for (const topic of topics) this.#paused.delete(topic);
    if (this.#memberId !== null) this.#session?.resume(topics);
  }

  /**
   * Commits what was handled and leaves the group, does the work, and joins again whatever became of it: offsets can only be
   * changed from outside. One at a time. Rejects with what the work rejects with.
   *
   * @throws ResonanceError `KAFKA_CLOSED`
   */
  async whileOutside<T>(work: () => Promise<T>): Promise<T> {
    while (this.#outside !== null) await this.#outside;
    if (this.#closed) throw new ResonanceError('KAFKA_CLOSED', 'the consumer is closed');
    let comeBack = (): void => undefined;
    this.#outside = new Promise((resolve) => {
      comeBack = resolve;
    });
    try {
      await settledWithin(this.#offsets.commit(), rebalanceCommitMs, this.#options.clock);
      await this.#session?.end();
      return await work();
    } finally {
      this.#outside = null;
      comeBack();
    }
  }

  /** Commits what was handled, leaves the group, disconnects: all within `deadlineMs`. Idempotent, never rejects. */
  async close(deadlineMs = 3_000): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#firstAttempt?.();
    const { clock } = this.#options;
    const endsAtMs = clock.monotonicMs() + deadlineMs;
    await settledWithin(this.#offsets.commit(), deadlineMs / 2, clock);
    await this.#session?.end(Math.max(100, endsAtMs - clock.monotonicMs()));
    this.#wakeup.wake();
    this.#assignment = {};
    this.#link.off();
  }

  async #keepConsuming(): Promise<void> {
    const trouble = new TroubleLog(this.#logger);
    let attempt = 0;
    while (!this.#closed) {
      if (this.#outside !== null) await this.#outside;
      if (this.#closed) return;
      this.#link.connecting();
      const reason = await this.#consumeOnce(() => {
        attempt = 0;
        trouble.over('the consumer is in its group again');
      });
      if (this.#closed) return;
      this.#assignment = {};
      this.#memberId = null;
      this.#ledger.clear();
      this.#batches.clear();
      if (reason === null) {
        this.#link.connecting();
        continue;
      }
      const delayMs = reconnectDelayMs(attempt, reason);
      attempt += 1;
      this.#link.backoff(reason, delayMs);
      trouble.failed(reason, { attempt, delayMs });
      this.#firstAttempt?.();
      await this.#wakeup.wait(delayMs);
    }
  }

  /** Runs one session to its end; resolves with the reason, null when it was {@link close} or {@link whileOutside}. */
  async #consumeOnce(onHealthy: () => void): Promise<ResonanceError | null> {
    const { catalogue, clock, connection, fromBeginning } = this.#options;
    const isTap = connection.readOnly === true;
    let { topics } = this.#options;
    let missing: readonly string[] = [];
    try {
      const existing = await catalogue.ensureTopics(topics);
      missing = topics.filter((topic) => !existing.has(topic));
      topics = topics.filter((topic) => existing.has(topic));
    } catch (error) {
      return translateKafkaError(error, `looking up ${topics.join(', ')}`, this.#endpoint);
    }
    if (this.#closed || this.#outside !== null) return null;
    if (topics.length === 0) return notThereYet(missing);
    if (missing.length === 0) this.#options.onMissingTopics?.([], null);
    const session = new ConsumerSession({
      connection,
      groupId: this.#groupId,
      topics,
      fromBeginning: !isTap && (fromBeginning ?? true),
      tuning: { ...defaultConsumerTuning, ...this.#options.tuning },
      clock,
      logger: this.#logger,
      onBatch: (payload) => this.#handleBatch(payload),
      onJoined: (assignment, memberId) => {
        this.#joined(assignment, memberId);
        onHealthy();
      },
      onAlive: () => {
        if (this.#memberId !== null && !this.#closed) this.#link.open();
      },
      onInterrupted: () => {
        if (!this.#closed) this.#link.connecting();
      },
    });
    this.#session = session;
    void session.run();
    const stopLooking = missing.length === 0 ? undefined : this.#lookFor(missing, session);
    const reason = await session.ended;
    stopLooking?.();
    if (this.#session === session && reason !== null) this.#session = undefined;
    return reason;
  }

  /** Reads what there is, and begins anew once one of the others was made, by this node where it may or by somebody else. */
  #lookFor(missing: readonly string[], session: ConsumerSession): () => void {
    const { catalogue, clock, onMissingTopics } = this.#options;
    const timer = clock.every(missingTopicsIntervalMs, () => {
      catalogue.ensureTopics(missing).then(
        (existing) => {
          if (existing.size > 0) void session.end();
          else onMissingTopics?.(missing, notThereYet(missing));
        },
        (error: unknown) => {
          onMissingTopics?.(missing, translateKafkaError(error, 'creating topics', this.#endpoint));
        },
      );
    });
    return () => timer.cancel();
  }

  #joined(assignment: IMemberAssignment, memberId: string): void {
    // What was not committed before this rebalance will be read again, by whoever has the partition now.
    this.#ledger.clear();
    this.#batches.clear();
    this.#assignment = assignment;
    this.#memberId = memberId;
    if (this.#paused.size > 0) this.#session?.pause([...this.#paused]);
    if (this.#link.state.phase === 'open') this.#link.announce();
    else this.#link.open();
    this.#firstAttempt?.();
  }

  #createBatchHandler(): BatchHandler {
    const { clock, repeats = noRepeatFilter, resolveNode = sourceOf } = this.#options;
    const { onEnvelopes, onRejected, onGivenUp } = this.#options;
    return new BatchHandler({
      handlers: this.#handlers,
      repeats,
      ledger: this.#ledger,
      clock,
      logger: this.#logger,
      resolveNode,
      onEnvelopes: onEnvelopes ?? (() => undefined),
      onRejected: onRejected ?? (() => undefined),
      onGivenUp: onGivenUp ?? (() => Promise.resolve()),
      onProgress: () => this.#offsets.commitLater(),
      mayResume: (topic) => !this.#paused.has(topic),
      isClosed: () => this.#closed,
    });
  }

  async #handleBatch(payload: EachBatchPayload): Promise<void> {
    // After a standstill (a machine that slept, a stopped process) its partitions may be others': the coordinator knows.
    await this.#heartbeat(payload.heartbeat);
    await this.#batches.handle(payload);
    if (this.#closed) return;
    this.#offsets.handled();
    await this.#heartbeat(payload.heartbeat);
  }

  /** Sends one if it is due. */
  async #heartbeat(heartbeat: () => Promise<void>): Promise<void> {
    try {
      await heartbeat();
    } catch (error) {
      // A rebalance, perhaps: the next owner should not have to repeat what was handled here.
      await settledWithin(this.#offsets.commit(), rebalanceCommitMs, this.#options.clock);
      throw error;
    }
  }

  #commitTarget(): CommitTarget | null {
    const session = this.#session;
    const assignment = this.#assignment;
    if (session === undefined || this.#options.connection.readOnly === true) return null;
    return {
      commit: (offsets) => session.commit(offsets),
      isCurrent: () => this.#assignment === assignment,
    };
  }
}

function notThereYet(missing: readonly string[]): ResonanceError {
  return new ResonanceError('KAFKA_TOPIC_UNKNOWN', `${missing.join(', ')}: not on this cluster yet`, {
    retriable: true,
    hint: 'A read-only profile creates nothing. Reading begins once another node makes a topic; else check kafka.topics for a misspelling.',
  });
}

const sourceOf: ResolveNode = (message) => message.source ?? null;
