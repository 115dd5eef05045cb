import type {
  GroupDetail,
  GroupSummary,
  ResetNote,
  ResetOutcome,
  ResetPlan,
  ResetRow,
} from '../../shared/consumer-groups.js';
import { ResonanceError } from '../../shared/errors.js';
import { GroupAdmin } from '../kafka/group-admin.js';
import { GroupDesk } from '../pipeline/group-desk.js';
import { profileDirectory } from '../pipeline/profile-directory.js';
import { openBrokerAccess } from './broker-access.js';
import { type Command, type CommandContext, loadSettings } from './command-context.js';
import { type GroupsRequest, parseGroupsRequest } from './groups-options.js';
import { textTable } from './text-table.js';

/** `resonance groups`: consumer groups, and resets of their offsets; without `--apply` nothing is changed. */
export const runGroups: Command = async (context) => {
  const request = parseGroupsRequest(context);
  const { config } = await loadSettings(context);
  const access = await openBrokerAccess(context, config);
  const desk = new GroupDesk({
    admin: new GroupAdmin({
      connection: { ...access.connection, clientId: `${config.kafka.clientId}-groups` },
      clock: context.clock,
      logger: context.log.logger,
    }),
    dataDirectory: profileDirectory(context.dataDirectory, config.profile),
    clock: context.clock,
    logger: context.log.logger,
    readOnly: access.connection.readOnly ?? false,
    // The node itself, where one runs, is another process.
    own: null,
  });
  try {
    await run(context, desk, request);
    return 0;
  } finally {
    await desk.close();
    await access.close();
  }
};

async function run(context: CommandContext, desk: GroupDesk, request: GroupsRequest): Promise<void> {
  switch (request.verb) {
    case 'list': {
      const groups = await desk.list();
      print(context, groups, () => listLines(groups));
      return;
    }
    case 'describe': {
      const detail = await desk.describe(request.groupId);
      const isKnown = detail.state !== 'Dead' || detail.partitions.length > 0 || detail.snapshots.length > 0;
      if (!isKnown) {
        throw new ResonanceError('NOT_FOUND', `There is no group ${request.groupId}`, {
          hint: 'resonance groups lists them.',
        });
      }
      print(context, [detail], () => detailLines(detail));
      return;
    }
    case 'reset':
      await change(context, desk, await desk.previewReset(request), request.apply);
      return;
    case 'undo': {
      const { groupId, snapshot, apply } = request;
      const plan = snapshot === null ? await desk.previewLastUndo(groupId) : await desk.previewUndo(snapshot);
      if (plan.groupId !== groupId) {
        throw new ResonanceError(
          'COMMAND_INVALID',
          `the snapshot ${snapshot} is of the group ${plan.groupId}`,
        );
      }
      await change(context, desk, plan, apply);
    }
  }
}

async function change(
  context: CommandContext,
  desk: GroupDesk,
  plan: ResetPlan,
  apply: boolean,
): Promise<void> {
  const { groupId, change: words, state, blockedBy } = plan;
  if (!apply) {
    const summary = { event: 'preview', groupId, change: words, state, members: blockedBy.length };
    print(context, [...plan.rows, summary], () => [
      ...rowLines(plan.rows),
      '',
      `A preview (${words}): nothing was changed. Add --apply to do it.`,
    ]);
    if (blockedBy.length > 0) {
      context.complain(
        `The group is ${state}: it has to be empty for the change. Its members: ${membersText(blockedBy)}`,
      );
    }
    return;
  }
  const outcome = await desk.apply(plan.id);
  print(context, [...outcome.rows, { event: 'applied', change: words, ...summaryOf(outcome) }], () => [
    ...rowLines(outcome.rows),
    '',
    outcome.changed === 0
      ? `${groupId} was there already: nothing had to be changed.`
      : `Changed ${outcome.changed} partition${outcome.changed === 1 ? '' : 's'} of ${groupId} (${words}). To take it back: resonance groups undo ${groupId} --apply`,
  ]);
}

function summaryOf({ groupId, changed, snapshot }: ResetOutcome) {
  return { groupId, changed, snapshot: snapshot?.id ?? null };
}

function print(context: CommandContext, objects: readonly unknown[], lines: () => readonly string[]): void {
  const output = context.json ? objects.map((object) => JSON.stringify(object)) : lines();
  for (const line of output) context.print(line);
}

/** `-`: nothing is committed; `?`: whom to ask can't be asked. */
function lagOf({ lag, unknown }: Pick<GroupSummary, 'lag' | 'unknown'>): string {
  if (lag !== null) return String(lag);
  return unknown === undefined ? '-' : '?';
}

function listLines(groups: readonly GroupSummary[]): string[] {
  if (groups.length === 0) return ['There is no consumer group.'];
  return textTable(
    ['GROUP', 'STATE', 'MEMBERS', 'LAG', 'TOPICS'],
    groups.map(({ groupId, state, memberCount, lag, unknown, topics }) => [
      groupId,
      state,
      String(memberCount),
      lagOf({ lag, unknown }),
      topics.join(', '),
    ]),
    ['MEMBERS', 'LAG'],
  );
}

function detailLines({ groupId, state, members, partitions, snapshots }: GroupDetail): string[] {
  const names = new Map(members.map(({ memberId, clientId, host }) => [memberId, `${clientId} at ${host}`]));
  return [
    `${groupId}: ${state}, ${members.length} member${members.length === 1 ? '' : 's'}`,
    ...members.map((member) => `  ${member.clientId} at ${member.host} (${member.memberId})`),
    '',
    ...textTable(
      ['TOPIC', 'PARTITION', 'COMMITTED', 'LOW', 'HIGH', 'LAG', 'READ BY'],
      partitions.map((entry) => [
        entry.topic,
        String(entry.partition),
        entry.committedOffset ?? '-',
        entry.lowOffset ?? '?',
        entry.highWatermark ?? '?',
        lagOf(entry),
        entry.memberId === null ? '-' : (names.get(entry.memberId) ?? entry.memberId),
      ]),
      ['PARTITION', 'COMMITTED', 'LOW', 'HIGH', 'LAG'],
    ),
    ...(snapshots.length === 0 ? [] : ['', 'Changes made from here, newest first:']),
    ...snapshots.map(
      ({ id, takenAtMs, change: words, partitions: count }) =>
        `  ${new Date(takenAtMs).toISOString()}  ${words}, ${count} partition${count === 1 ? '' : 's'}  (--snapshot ${id})`,
    ),
  ];
}

const noteWords: Readonly<Record<ResetNote, string>> = {
  'raised-to-low': 'raised to the oldest record',
  'lowered-to-high': 'lowered to the end',
  'no-later-record': 'no record of that time or later: the end',
  'nothing-committed': 'nothing is committed that could be shifted',
  'cannot-forget': 'this broker cannot forget an offset',
};

function rowLines(rows: readonly ResetRow[]): string[] {
  return textTable(
    ['TOPIC', 'PARTITION', 'BEFORE', 'AFTER', 'DIFFERENCE', 'NOTE'],
    rows.map(({ topic, partition, before, after, note }) => [
      topic,
      String(partition),
      before ?? 'none',
      after ?? 'none',
      differenceText(before, after),
      note === null ? '' : noteWords[note],
    ]),
    ['PARTITION', 'BEFORE', 'AFTER', 'DIFFERENCE'],
  );
}

function differenceText(before: string | null, after: string | null): string {
  if (before === null || after === null) return before === after ? '0' : '-';
  const difference = BigInt(after) - BigInt(before);
  return difference > 0n ? `+${difference}` : String(difference);
}

function membersText(members: ResetPlan['blockedBy']): string {
  return members.map(({ clientId, host }) => `${clientId} at ${host}`).join(', ');
}
