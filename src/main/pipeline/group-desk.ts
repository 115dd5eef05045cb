import { join } from 'node:path';
import type { Clock } from '../../shared/clock.js';
import {
  type GroupDetail,
  type GroupMemberView,
  type GroupSummary,
  isGroupIdle,
  type ResetOutcome,
  type ResetPlan,
  type ResetRequest,
  type ResetRow,
} from '../../shared/consumer-groups.js';
import { ResonanceError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';
import { createUuidV7 } from '../../shared/uuid.js';
import type { GroupAdmin, GroupReading } from '../kafka/group-admin.js';
import { groupNotEmpty } from '../kafka/group-coordinator.js';
import {
  changesOf,
  type PartitionOffsets,
  partitionKey,
  planReset,
  planUndo,
} from '../kafka/group-offset-plan.js';
import { tapGroupPrefix } from '../kafka/read-only-guard.js';
import { lagOf } from '../kafka/topic-view.js';
import { type GroupSnapshot, GroupSnapshots, snapshotView } from './group-snapshots.js';
import {
  assertUnmoved,
  changeWords,
  groupOf,
  type OffsetIntention,
  offsetsOf,
  partitionsInScope,
  topicsOf,
} from './offset-intention.js';
import { readOnlyProfile } from './read-only-profile.js';

/** This node's own membership, as far as there is one. */
export interface OwnMembership {
  readonly groupId: string;
  /** As the group's coordinator knows this instance; null while it is no member. */
  memberId(): string | null;
  /** Leaves the group, does the work, joins again. */
  whileOutside<T>(work: () => Promise<T>): Promise<T>;
}

export interface GroupDeskOptions {
  readonly admin: GroupAdmin;
  /** Of the node; the snapshots have a folder below it. */
  readonly dataDirectory: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly readOnly: boolean;
  readonly own: OwnMembership | null;
}

interface PendingPlan {
  readonly intention: OffsetIntention;
  readonly rows: readonly ResetRow[];
}

const plansKept = 16;
/** Longer than a session without heartbeats lasts. */
const expulsionMs = 10_000;
const lookAgainMs = 500;

/**
 * What the operator sees of consumer groups and does to their offsets: look, preview, apply, undo. A change is refused while
 * anybody is in the group, and what was there before is on disk before it happens.
 */
export class GroupDesk {
  readonly #options: GroupDeskOptions;
  readonly #snapshots: GroupSnapshots;
  readonly #plans = new Map<string, PendingPlan>();
  #clusterId: string | null = null;
  #changes: Promise<unknown> = Promise.resolve();

  constructor(options: GroupDeskOptions) {
    this.#options = options;
    this.#snapshots = new GroupSnapshots(join(options.dataDirectory, 'group-snapshots'), options.logger);
  }

  /** This node's group first, then the others by name. @throws ResonanceError of a `KAFKA_` code */
  async list(): Promise<GroupSummary[]> {
    const { admin, own } = this.#options;
    const summaries = (await admin.list()).map((listing) => ({
      ...listing,
      isOwn: listing.groupId === own?.groupId,
      isTap: listing.groupId.startsWith(tapGroupPrefix),
    }));
    const rank = ({ isOwn, isTap }: GroupSummary): number => (isOwn ? 0 : isTap ? 2 : 1);
    return summaries.sort((left, right) => rank(left) - rank(right));
  }

  /** @throws ResonanceError of a `KAFKA_` or `STORAGE_` code */
  async describe(groupId: string): Promise<GroupDetail> {
    const { admin, own } = this.#options;
    const [reading, snapshots] = await Promise.all([admin.read(groupId), this.#snapshotsOf(groupId)]);
    const members = this.#membersOf(reading);
    return {
      groupId,
      state: reading.state,
      isOwn: groupId === own?.groupId,
      members,
      partitions: reading.partitions.map((partition) => ({
        ...partition,
        lag:
          partition.committedOffset === null
            ? null
            : lagOf(partition.lowOffset, partition.highWatermark, partition.committedOffset),
        memberId: ownerOf(partition, members),
      })),
      snapshots: snapshots.map(snapshotView),
    };
  }

  /**
   * What a reset would do; nothing is changed.
   *
   * @throws ResonanceError `KAFKA_TOPIC_UNKNOWN`, `NOT_FOUND` when the group has no offsets and no topic is named, and of other
   *   `KAFKA_` codes
   */
  previewReset(request: ResetRequest): Promise<ResetPlan> {
    return this.#preview({ kind: 'reset', request });
  }

  /** What restoring a snapshot would do; nothing is changed. @throws ResonanceError `NOT_FOUND`, and of a `KAFKA_` code */
  async previewUndo(snapshotId: string): Promise<ResetPlan> {
    const snapshot = await this.#snapshots.get(snapshotId);
    if (snapshot.clusterId !== (await this.#cluster())) {
      throw new ResonanceError('NOT_FOUND', 'This snapshot is of another cluster', {
        hint: 'Switch to the profile that it was taken on.',
      });
    }
    return this.#preview({ kind: 'undo', snapshot });
  }

  /** Restores what a group had before its last change from here. @throws ResonanceError `NOT_FOUND`, and of a `KAFKA_` code */
  async previewLastUndo(groupId: string): Promise<ResetPlan> {
    const [newest] = await this.#snapshotsOf(groupId);
    if (newest !== undefined) return this.#preview({ kind: 'undo', snapshot: newest });
    throw new ResonanceError('NOT_FOUND', `No change of ${groupId} was made from here`, {
      hint: 'What was changed by other tools, or with another data folder, cannot be undone here.',
    });
  }

  /**
   * Does what a preview showed, once what was there before is on disk.
   *
   * @param pauseOwn when this node itself is the only member: it leaves the group for the change and joins again after it. Its
   *   offsets have moved on since the preview, so the plan is made again then.
   * @throws ResonanceError `KAFKA_GROUP_NOT_EMPTY`, `KAFKA_OFFSETS_CHANGED`, `PROFILE_READ_ONLY`, `NOT_FOUND`, and of other
   *   `KAFKA_` and `STORAGE_` codes
   */
  apply(planId: string, pauseOwn = false): Promise<ResetOutcome> {
    const result = this.#changes.then(() => this.#apply(planId, pauseOwn));
    this.#changes = result.catch(() => undefined);
    return result;
  }

  close(): Promise<void> {
    return this.#options.admin.close();
  }

  async #apply(planId: string, pauseOwn: boolean): Promise<ResetOutcome> {
    const { own, readOnly } = this.#options;
    if (readOnly) throw readOnlyProfile('The offsets were not changed');
    const plan = this.#plans.get(planId);
    if (plan === undefined) {
      throw new ResonanceError('NOT_FOUND', 'This preview is no longer known', { hint: 'Preview again.' });
    }
    const { intention } = plan;
    const groupId = groupOf(intention);
    const outcome =
      pauseOwn && own !== null && own.groupId === groupId
        ? await this.#changeFromOutside(own, intention)
        : await this.#change(intention, await this.#readFor(intention), plan.rows);
    this.#plans.delete(planId);
    return outcome;
  }

  #changeFromOutside(own: OwnMembership, intention: OffsetIntention): Promise<ResetOutcome> {
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
      return this.#change(intention, reading, await this.#planRows(intention, reading));
    });
  }

  async #change(
    intention: OffsetIntention,
    reading: GroupReading,
    rows: readonly ResetRow[],
  ): Promise<ResetOutcome> {
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
      clusterId: await this.#cluster(),
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
    await this.#snapshots.save(snapshot);
    return snapshot;
  }

  /** After a refusal nothing has changed, and there is nothing to undo; when that is not certain the snapshot stays. */
  async #forgetUnless(snapshot: GroupSnapshot, intention: OffsetIntention): Promise<void> {
    try {
      const now = offsetsOf((await this.#readFor(intention)).partitions);
      const isUntouched = snapshot.partitions.every((entry) => now.get(partitionKey(entry)) === entry.before);
      if (isUntouched) await this.#snapshots.remove(snapshot.id);
    } catch (error) {
      this.#options.logger.warn('whether the offsets changed is not known; the snapshot stays', {
        snapshot: snapshot.id,
        error: String(error),
      });
    }
  }

  async #preview(intention: OffsetIntention): Promise<ResetPlan> {
    const reading = await this.#readFor(intention);
    const rows = await this.#planRows(intention, reading);
    const id = createUuidV7(this.#options.clock.wallMs());
    this.#plans.set(id, { intention, rows });
    for (const oldest of [...this.#plans.keys()].slice(0, -plansKept)) this.#plans.delete(oldest);
    const members = this.#membersOf(reading);
    return {
      id,
      groupId: groupOf(intention),
      change: changeWords(intention),
      rows,
      state: reading.state,
      blockedBy: members,
      canPauseOwn: members.length > 0 && members.every(({ isThisNode }) => isThisNode),
    };
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

  #membersOf({ groupId, members }: GroupReading): GroupMemberView[] {
    const { own } = this.#options;
    const ownMemberId = groupId === own?.groupId ? own.memberId() : null;
    return members.map((member) => ({ ...member, isThisNode: member.memberId === ownMemberId }));
  }

  async #snapshotsOf(groupId: string): Promise<GroupSnapshot[]> {
    return this.#snapshots.list(await this.#cluster(), groupId);
  }

  async #cluster(): Promise<string> {
    this.#clusterId ??= await this.#options.admin.clusterId();
    return this.#clusterId;
  }
}

function ownerOf({ topic, partition }: PartitionOffsets, members: readonly GroupMemberView[]): string | null {
  const owner = members.find(({ assignment }) =>
    assignment.some((entry) => entry.topic === topic && entry.partitions.includes(partition)),
  );
  return owner?.memberId ?? null;
}

/** Whether nobody but this member is left in the group. */
function isHeldBy({ state, members }: GroupReading, memberId: string | null): boolean {
  return !isGroupIdle(state) && members.every((member) => member.memberId === memberId);
}
