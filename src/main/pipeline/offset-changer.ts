import type { Clock } from '../../shared/clock.js';
import { isGroupIdle, type ResetOutcome, type ResetRow } from '../../shared/consumer-groups.js';
import type { Logger } from '../../shared/logger.js';
import { createUuidV7 } from '../../shared/uuid.js';
import type { GroupAdmin, GroupReading } from '../kafka/group-admin.js';
import { groupNotEmpty } from '../kafka/group-coordinator.js';
import { changesOf, partitionKey, planReset, planUndo } from '../kafka/group-offset-plan.js';
import { type GroupSnapshot, type GroupSnapshots, snapshotView } from './group-snapshots.js';
import {
  assertUnmoved,
  changeWords,
  groupOf,
  type OffsetIntention,
  offsetsOf,
  partitionsInScope,
  topicsOf,
} from './offset-intention.js';

/** This node's own membership, as far as there is one. */
export interface OwnMembership {
  readonly groupId: string;
  /** As the group's coordinator knows this instance; null while it is no member. */
  memberId(): string | null;
  /** Leaves the group, does the work, joins again. */
  whileOutside<T>(work: () => Promise<T>): Promise<T>;
}

/** What a group has now, and what it would have then. */
export interface OffsetPlan {
  readonly reading: GroupReading;
  readonly rows: readonly ResetRow[];
}

export interface OffsetChangerOptions {
  readonly admin: Pick<GroupAdmin, 'read' | 'offsetsAt' | 'canForget' | 'changeOffsets'>;
  readonly snapshots: Pick<GroupSnapshots, 'save' | 'remove'>;
  readonly clusterId: () => Promise<string>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Longer than a session without heartbeats lasts. */
const expulsionMs = 10_000;
const lookAgainMs = 500;

/** Changes the offsets of groups that nobody is in, once what was there before is on disk. */
export class OffsetChanger {
  readonly #options: OffsetChangerOptions;

  constructor(options: OffsetChangerOptions) {
    this.#options = options;
  }

  /** @throws ResonanceError `KAFKA_TOPIC_UNKNOWN`, `NOT_FOUND`, and of other `KAFKA_` codes */
  async plan(intention: OffsetIntention): Promise<OffsetPlan> {
    const reading = await this.#readFor(intention);
    return { reading, rows: await this.#planRows(intention, reading) };
  }

  /**
   * Does what was planned, as long as nobody has changed anything since.
   *
   * @throws ResonanceError `KAFKA_GROUP_NOT_EMPTY`, `KAFKA_OFFSETS_CHANGED`, and of other `KAFKA_` and `STORAGE_` codes
   */
  async change(intention: OffsetIntention, rows: readonly ResetRow[]): Promise<ResetOutcome> {
    return this.#change(intention, { reading: await this.#readFor(intention), rows });
  }

  /** The same for the group that this node is in: it is outside for the time, and the plan is made then. */
  changeFromOutside(own: OwnMembership, intention: OffsetIntention): Promise<ResetOutcome> {
    const memberId = own.memberId();
    return own.whileOutside(async () => {
      const { clock } = this.#options;
      const endMs = clock.monotonicMs() + expulsionMs;
      let reading = await this.#readFor(intention);
      // When taking its leave did not get through, the broker misses this node's heartbeats before long.
      while (isHeldBy(reading, memberId) && clock.monotonicMs() < endMs) {
        await new Promise<void>((resolve) => clock.after(lookAgainMs, resolve));
        reading = await this.#readFor(intention);
      }
      return this.#change(intention, { reading, rows: await this.#planRows(intention, reading) });
    });
  }

  async #change(intention: OffsetIntention, { reading, rows }: OffsetPlan): Promise<ResetOutcome> {
    const { admin, logger } = this.#options;
    const groupId = groupOf(intention);
    if (!isGroupIdle(reading.state)) throw groupNotEmpty(groupId, reading.members);
    assertUnmoved(groupId, rows, reading.partitions);
    const changes = changesOf(rows);
    if (changes.length === 0) return { groupId, rows, changed: 0, snapshot: null };
    const snapshot = await this.#takeSnapshot(intention, changes);
    try {
      await admin.changeOffsets(
        groupId,
        changes.map(({ topic, partition, after }) => ({ topic, partition, offset: after })),
      );
    } catch (error) {
      await this.#forgetUnless(snapshot, intention);
      throw error;
    }
    logger.info('group offsets changed', {
      groupId,
      change: snapshot.change,
      partitions: changes.length,
      snapshot: snapshot.id,
    });
    const after = offsetsOf((await this.#readFor(intention)).partitions);
    return {
      groupId,
      rows: rows.map((row) => ({ ...row, after: after.get(partitionKey(row)) ?? null })),
      changed: changes.length,
      snapshot: snapshotView(snapshot),
    };
  }

  async #takeSnapshot(intention: OffsetIntention, changes: readonly ResetRow[]): Promise<GroupSnapshot> {
    const takenAtMs = this.#options.clock.wallMs();
    const snapshot: GroupSnapshot = {
      version: 1,
      id: createUuidV7(takenAtMs),
      clusterId: await this.#options.clusterId(),
      groupId: groupOf(intention),
      takenAtMs,
      change: changeWords(intention),
      partitions: changes.map(({ topic, partition, before, after }) => ({
        topic,
        partition,
        before,
        after,
      })),
    };
    await this.#options.snapshots.save(snapshot);
    return snapshot;
  }

  /** After a refusal nothing has changed, and there is nothing to undo; when that is not certain the snapshot stays. */
  async #forgetUnless(snapshot: GroupSnapshot, intention: OffsetIntention): Promise<void> {
    try {
      const now = offsetsOf((await this.#readFor(intention)).partitions);
      const isUntouched = snapshot.partitions.every((entry) => now.get(partitionKey(entry)) === entry.before);
      if (isUntouched) await this.#options.snapshots.remove(snapshot.id);
    } catch (error) {
      this.#options.logger.warn('whether the offsets changed is not known; the snapshot stays', {
        snapshot: snapshot.id,
        error: String(error),
      });
    }
  }

  #readFor(intention: OffsetIntention): Promise<GroupReading> {
    return this.#options.admin.read(groupOf(intention), topicsOf(intention));
  }

  async #planRows(intention: OffsetIntention, { partitions }: GroupReading): Promise<ResetRow[]> {
    const { admin } = this.#options;
    if (intention.kind === 'undo') {
      const restored = new Map(
        intention.snapshot.partitions.map((entry) => [partitionKey(entry), entry.before]),
      );
      const mustForget = [...restored.values()].includes(null);
      const canForget = !mustForget || (await admin.canForget(groupOf(intention)));
      return planUndo(
        partitions.filter((partition) => restored.has(partitionKey(partition))),
        restored,
        canForget,
      );
    }
    const { groupId, target, scope } = intention.request;
    const inScope = partitionsInScope(groupId, partitions, scope);
    const atTime =
      target.kind === 'time'
        ? await admin.offsetsAt([...new Set(inScope.map(({ topic }) => topic))], target.atMs)
        : undefined;
    return planReset(inScope, target, atTime);
  }
}

/** Whether nobody but this member is left in the group. */
function isHeldBy({ state, members }: GroupReading, memberId: string | null): boolean {
  return !isGroupIdle(state) && members.every((member) => member.memberId === memberId);
}
