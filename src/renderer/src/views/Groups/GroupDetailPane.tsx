import type {
  GroupDetail,
  GroupMemberView,
  GroupPartitionView,
  GroupSnapshotView,
} from '../../../../shared/consumer-groups.js';
import { Badge } from '../../components/Badge.js';
import { Button } from '../../components/Button.js';
import { ColumnHead } from '../../components/ColumnHead.js';
import { Copyable } from '../../components/Copyable.js';
import page from '../../components/detail.module.css';
import { Panel } from '../../components/Panel.js';
import { StateLabel } from '../../components/StateMark.js';
import table from '../../components/table.module.css';
import frame from '../../components/view.module.css';
import { formatCount, noValue } from '../../format/numbers.js';
import { formatDateTime } from '../../format/time.js';
import styles from './GroupDetailPane.module.css';
import { formatOffset, memberName, stateWords } from './group-words.js';
import { LagBar } from './LagBar.js';

export interface GroupDetailPaneProps {
  readonly group: GroupDetail;
  onReset(): void;
  onUndo(snapshot: GroupSnapshotView): void;
}

export function GroupDetailPane({ group, onReset, onUndo }: GroupDetailPaneProps) {
  const { groupId, state, isOwn, members, partitions, snapshots } = group;
  const { tone, words } = stateWords(state);
  const total = partitions.reduce((sum, { lag }) => sum + (lag ?? 0), 0);
  const [newest] = snapshots;
  return (
    <section className={frame.scroll} aria-label={`Group ${groupId}`}>
      <header className={page.head}>
        <h2 className={page.name}>
          <Copyable what="group" text={groupId} />
        </h2>
        {isOwn && <Badge tone="strong">this node</Badge>}
        <StateLabel tone={tone}>{words}</StateLabel>
        <span className={styles.soft}>lag {formatCount(total)}</span>
        <div className={page.actions}>
          {newest !== undefined && (
            <Button icon="repeat" title={`Undo “${newest.change}”`} onClick={() => onUndo(newest)}>
              Undo the last change
            </Button>
          )}
          <Button onClick={onReset}>Reset offsets</Button>
        </div>
      </header>
      <Members members={members} isUnknown={state === 'Dead'} />
      <Partitions groupId={groupId} partitions={partitions} members={members} />
      {snapshots.length > 0 && <Snapshots snapshots={snapshots} onUndo={onUndo} />}
    </section>
  );
}

interface MembersProps {
  readonly members: readonly GroupMemberView[];
  /** The coordinator does not say. */
  readonly isUnknown: boolean;
}

function Members({ members, isUnknown }: MembersProps) {
  return (
    <Panel
      title="Members"
      aside={isUnknown ? undefined : formatCount(members.length)}
      flush={members.length > 0}
    >
      {members.length === 0 ? (
        <p className={styles.soft}>
          {isUnknown
            ? 'The brokers do not tell: its consumers may use the newer protocol (KIP-848), which this node does not speak. A reset is refused while any of them reads.'
            : 'Nobody reads in this group now: its offsets can be reset.'}
        </p>
      ) : (
        <table className={table.table} aria-label="Members">
          <thead>
            <tr>
              <ColumnHead>Client</ColumnHead>
              <ColumnHead>Host</ColumnHead>
              <ColumnHead>Reads</ColumnHead>
            </tr>
          </thead>
          <tbody>
            {members.map((member) => (
              <tr key={member.memberId}>
                <th scope="row" title={member.memberId}>
                  <span className={styles.client}>
                    {member.clientId}
                    {member.isThisNode && <Badge tone="strong">this node</Badge>}
                  </span>
                </th>
                <td>{member.host}</td>
                <td>
                  {member.assignment.length === 0
                    ? 'no partition'
                    : member.assignment.map(({ topic, partitions }) => (
                        <span key={topic} className={styles.assigned}>
                          <code>{topic}</code> {[...partitions].sort((a, b) => a - b).join(', ')}
                        </span>
                      ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

interface PartitionsProps {
  readonly groupId: string;
  readonly partitions: readonly GroupPartitionView[];
  readonly members: readonly GroupMemberView[];
}

function Partitions({ groupId, partitions, members }: PartitionsProps) {
  const scale = Math.max(1, ...partitions.map(({ lag }) => lag ?? 0));
  const names = new Map(members.map((member) => [member.memberId, memberName(member)]));
  return (
    <Panel title="Offsets" aside="committed, of each partition" flush={partitions.length > 0}>
      {partitions.length === 0 ? (
        <p className={styles.soft}>Nothing is committed, and nothing is assigned.</p>
      ) : (
        <table className={table.table} aria-label={`Offsets of ${groupId}`}>
          <thead>
            <tr>
              <ColumnHead>Topic</ColumnHead>
              <ColumnHead isNumeric>Partition</ColumnHead>
              <ColumnHead isNumeric>Committed</ColumnHead>
              <ColumnHead isNumeric>End</ColumnHead>
              <ColumnHead isNumeric>Lag</ColumnHead>
              <ColumnHead>Read by</ColumnHead>
            </tr>
          </thead>
          <tbody>
            {partitions.map((entry) => (
              <tr key={`${entry.topic}/${entry.partition}`}>
                <th scope="row">{entry.topic}</th>
                <td className={table.numeric}>{entry.partition}</td>
                <td className={table.numeric}>{formatOffset(entry.committedOffset)}</td>
                <td className={table.numeric} title={entry.unknown?.message}>
                  {entry.unknown === undefined ? formatOffset(entry.highWatermark) : 'unknown'}
                </td>
                <td className={table.numeric}>
                  <LagBar lag={entry.lag} unknown={entry.unknown} scale={scale} />
                </td>
                <td>{entry.memberId === null ? noValue : (names.get(entry.memberId) ?? noValue)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

interface SnapshotsProps {
  readonly snapshots: readonly GroupSnapshotView[];
  onUndo(snapshot: GroupSnapshotView): void;
}

function Snapshots({ snapshots, onUndo }: SnapshotsProps) {
  return (
    <Panel title="Changes made from here" aside="what was there before each is kept" flush>
      <table className={table.table} aria-label="Changes made from here">
        <thead>
          <tr>
            <ColumnHead>When</ColumnHead>
            <ColumnHead>Change</ColumnHead>
            <ColumnHead isNumeric>Partitions</ColumnHead>
            <ColumnHead isHidden>Undo</ColumnHead>
          </tr>
        </thead>
        <tbody>
          {snapshots.map((snapshot) => (
            <tr key={snapshot.id}>
              <th scope="row">{formatDateTime(snapshot.takenAtMs)}</th>
              <td>{snapshot.change}</td>
              <td className={table.numeric}>{snapshot.partitions}</td>
              <td className={table.numeric}>
                <Button tone="quiet" onClick={() => onUndo(snapshot)}>
                  Restore
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
