import { join } from 'node:path';
import type { Clock } from '../../shared/clock.js';
import type {
  GroupDetail,
  GroupMemberView,
  GroupSummary,
  ResetOutcome,
  ResetPlan,
  ResetRequest,
  ResetRow,
} from '../../shared/consumer-groups.js';
import { ResonanceError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';
import { createUuidV7 } from '../../shared/uuid.js';
import type { GroupAdmin, GroupLook } from '../kafka/group-admin.js';
import type { PartitionOffsets } from '../kafka/group-offset-plan.js';
import { tapGroupPrefix } from '../kafka/read-only-guard.js';
import { readOnlyProfile } from '../kafka/read-only-profile.js';
import { lagOf } from '../kafka/topic-view.js';
import { type GroupSnapshot, GroupSnapshots, snapshotView } from './group-snapshots.js';
import { OffsetChanger, type OwnMembership } from './offset-changer.js';
import { changeWords, groupOf, type OffsetIntention } from './offset-intention.js';

export interface GroupDeskOptions {
  readonly admin: GroupAdmin;
  /** Of the node; the snapshots have a folder below it. */
  readonly dataDirectory: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly readOnly: boolean;
  readonly own: OwnMembership | null;
}

/** A preview that may be applied. */
interface PendingPlan {
  readonly intention: OffsetIntention;
  readonly rows: readonly ResetRow[];
}

const plansKept = 16;

/**
 * What the operator sees of consumer groups and does to their offsets: look, preview, apply, undo. A change is refused while
 * anybody is in the group, and what was there before is on disk before it happens.
 */
export class GroupDesk {
  readonly #options: GroupDeskOptions;
  readonly #snapshots: GroupSnapshots;
  readonly #changer: OffsetChanger;
  readonly #plans = new Map<string, PendingPlan>();
  #clusterId: string | null = null;
  #changes: Promise<unknown> = Promise.resolve();

  constructor(options: GroupDeskOptions) {
    const { admin, clock, dataDirectory, logger } = options;
    this.#options = options;
    this.#snapshots = new GroupSnapshots(join(dataDirectory, 'group-snapshots'), logger);
    this.#changer = new OffsetChanger({
      admin,
      snapshots: this.#snapshots,
      clusterId: () => this.#cluster(),
      clock,
      logger,
    });
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
    const [reading, snapshots] = await Promise.all([admin.look(groupId), this.#snapshotsOf(groupId)]);
    const members = this.#membersOf(reading);
    return {
      groupId,
      state: reading.state,
      isOwn: groupId === own?.groupId,
      members,
      partitions: reading.partitions.map((partition) => ({
        ...partition,
        lag:
          partition.committedOffset === null || partition.highWatermark === null
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
        ? await this.#changer.changeFromOutside(own, intention)
        : await this.#changer.change(intention, plan.rows);
    this.#plans.delete(planId);
    return outcome;
  }

  async #preview(intention: OffsetIntention): Promise<ResetPlan> {
    const { reading, rows } = await this.#changer.plan(intention);
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

  #membersOf({ groupId, members }: GroupLook): GroupMemberView[] {
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

function ownerOf(
  { topic, partition }: Pick<PartitionOffsets, 'topic' | 'partition'>,
  members: readonly GroupMemberView[],
): string | null {
  const owner = members.find(({ assignment }) =>
    assignment.some((entry) => entry.topic === topic && entry.partitions.includes(partition)),
  );
  return owner?.memberId ?? null;
}
