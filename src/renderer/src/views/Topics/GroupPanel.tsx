import { Button } from '../../components/Button.js';
import { Copyable } from '../../components/Copyable.js';
import { ErrorNotice } from '../../components/ErrorNotice.js';
import { LinkLabel } from '../../components/LinkLabel.js';
import { Panel } from '../../components/Panel.js';
import { formatCount } from '../../format/numbers.js';
import { useStoreState, useStores } from '../../stores/stores-context.js';
import styles from './GroupPanel.module.css';
import { partitionWords } from './partition-words.js';

/** The consumer group of this node: its state, and which partitions this instance reads. */
export function GroupPanel() {
  const { groups } = useStores();
  const consumer = useStoreState('status', (state) => state.status?.kafka.consumer ?? null);
  if (consumer === null) return null;
  const { groupId, link, assignment, handlerFailures } = consumer;
  return (
    <Panel
      title="Consumer group"
      aside="how this node reads"
      actions={
        <Button tone="quiet" onClick={() => groups.getState().show(true)}>
          All groups
        </Button>
      }
    >
      <dl className={styles.facts}>
        <div>
          <dt>Group</dt>
          <dd>
            <Copyable what="group" text={groupId} />
          </dd>
        </div>
        <div>
          <dt>State</dt>
          <dd>
            <LinkLabel link={link} />
          </dd>
        </div>
        <div>
          <dt>Reads</dt>
          <dd>
            {assignment.length === 0
              ? 'no partition assigned'
              : assignment.map(({ topic, partitions }) => (
                  <span key={topic} className={styles.assigned}>
                    <code>{topic}</code> {partitionWords(partitions)}
                  </span>
                ))}
          </dd>
        </div>
        <div>
          <dt>Handler failures</dt>
          <dd>{formatCount(handlerFailures)}</dd>
        </div>
      </dl>
      {link.lastError !== null && link.phase !== 'open' && <ErrorNotice error={link.lastError} />}
    </Panel>
  );
}
