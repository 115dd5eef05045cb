import { useState } from 'react';
import type { TopicView } from '../../../../shared/feed.js';
import { Badge } from '../../components/Badge.js';
import { IconButton } from '../../components/Button.js';
import { ColumnHead } from '../../components/ColumnHead.js';
import { Copyable } from '../../components/Copyable.js';
import { classNames } from '../../components/class-names.js';
import { MeshButton } from '../../components/MeshButton.js';
import { NodeName } from '../../components/NodeName.js';
import { StateLabel, type Tone } from '../../components/StateMark.js';
import table from '../../components/table.module.css';
import { formatCount, noValue } from '../../format/numbers.js';
import { useStoreState } from '../../stores/stores-context.js';
import { PartitionTable } from './PartitionTable.js';
import { partitionWords, unknownWord } from './partition-words.js';
import styles from './TopicTable.module.css';
import { differenceWords } from './topic-differences.js';
import { summariseTopic, type TopicStanding } from './topic-summary.js';

const standings: Readonly<Record<TopicStanding, { readonly tone: Tone; readonly words: string }>> = {
  missing: { tone: 'bad', words: 'Missing' },
  absent: { tone: 'idle', words: 'Made with the first' },
  leaderless: { tone: 'bad', words: 'No leader' },
  unreachable: { tone: 'bad', words: 'Leader not reached' },
  'under-replicated': { tone: 'warning', words: 'Under-replicated' },
  healthy: { tone: 'good', words: 'Healthy' },
};

export interface TopicTableProps {
  readonly topics: readonly TopicView[];
  onCreate(name: string): void;
}

export function TopicTable({ topics, onCreate }: TopicTableProps) {
  return (
    <div className={classNames(table.frame, styles.frame)}>
      <table className={table.table} aria-label="Topics">
        <thead>
          <tr>
            <ColumnHead>Topic</ColumnHead>
            <ColumnHead>Used for</ColumnHead>
            <ColumnHead>State</ColumnHead>
            <ColumnHead isNumeric>Partitions</ColumnHead>
            <ColumnHead isNumeric>Replicas</ColumnHead>
            <ColumnHead isNumeric>Messages</ColumnHead>
            <ColumnHead isNumeric>Lag</ColumnHead>
          </tr>
        </thead>
        {topics.map((topic) => (
          <TopicRows key={topic.name} topic={topic} onCreate={onCreate} />
        ))}
      </table>
    </div>
  );
}

interface TopicRowsProps {
  readonly topic: TopicView;
  onCreate(name: string): void;
}

/** One topic, and its partitions when it is unfolded. */
function TopicRows({ topic, onCreate }: TopicRowsProps) {
  const [open, setOpen] = useState(false);
  const { standing, messages, lag, isLagUnknown, replicas, unknown } = summariseTopic(topic);
  const { tone, words } = standings[standing];
  return (
    <tbody className={styles.group}>
      <tr className={standing === 'missing' ? styles.missing : undefined}>
        <th scope="row">
          <span className={styles.name}>
            <span className={open ? styles.open : undefined}>
              <IconButton
                icon="right"
                label={`Partitions of ${topic.name}`}
                aria-expanded={open}
                disabled={!topic.exists}
                onClick={() => setOpen(!open)}
              />
            </span>
            <Copyable what="topic name" text={topic.name} />
          </span>
        </th>
        <td>
          <Role role={topic.role} />
        </td>
        <td>
          <span className={styles.state}>
            <StateLabel tone={tone}>{words}</StateLabel>
            {standing === 'missing' && (
              <MeshButton icon="plus" onClick={() => onCreate(topic.name)}>
                Create
              </MeshButton>
            )}
          </span>
        </td>
        <td className={table.numeric}>{topic.exists ? topic.partitions.length : noValue}</td>
        <td className={table.numeric}>{topic.exists ? replicas : noValue}</td>
        <td className={table.numeric}>{topic.exists ? countOf(messages) : noValue}</td>
        <td
          className={table.numeric}
          title={lag === null && !isLagUnknown ? 'This node’s group does not read it' : undefined}
        >
          {lagWords(lag, isLagUnknown)}
        </td>
      </tr>
      {unknown.map(({ partitions, reason }) => (
        <tr key={reason.message}>
          <td colSpan={7} className={styles.differences}>
            <StateLabel tone="warning">{`Not known of ${partitionWords(partitions)}:`}</StateLabel>{' '}
            {reason.message}.{reason.hint !== undefined && <span className={table.soft}> {reason.hint}</span>}
          </td>
        </tr>
      ))}
      {topic.differences.length > 0 && (
        <tr>
          <td colSpan={7} className={styles.differences}>
            <StateLabel tone="warning">Not as the settings want new topics</StateLabel>
            <dl>
              {topic.differences.map(differenceWords).map(({ setting, actual, wanted }) => (
                <div key={setting}>
                  <dt>{setting}</dt>
                  <dd>
                    is <strong>{actual}</strong>, wanted <strong>{wanted}</strong>
                  </dd>
                </div>
              ))}
            </dl>
          </td>
        </tr>
      )}
      {open && topic.exists && (
        <tr>
          <td colSpan={7} className={styles.partitions}>
            <PartitionTable topic={topic} />
          </td>
        </tr>
      )}
    </tbody>
  );
}

function countOf(messages: number | null): string {
  return messages === null ? unknownWord : formatCount(messages);
}

function lagWords(lag: number | null, isUnknown: boolean): string {
  if (lag !== null) return formatCount(lag);
  return isUnknown ? unknownWord : noValue;
}

/** What the settings use a topic for: `inbound` and the like, or a peer's name. */
function Role({ role }: { readonly role: string | null }) {
  const isPeer = useStoreState(
    'settings',
    (state) => role !== null && Object.hasOwn(state.settings?.config.peers ?? {}, role),
  );
  if (role === null) return <span className={table.soft}>{noValue}</span>;
  return isPeer ? <NodeName name={role} /> : <Badge>{role}</Badge>;
}
