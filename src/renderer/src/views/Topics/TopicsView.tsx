import { useCallback, useMemo, useState } from 'react';
import type { TopicView } from '../../../../shared/feed.js';
import { Age } from '../../components/Age.js';
import { Button } from '../../components/Button.js';
import { Chunk } from '../../components/Chunk.js';
import { createChunk } from '../../components/component-chunk.js';
import { EmptyState } from '../../components/EmptyState.js';
import { ErrorNotice } from '../../components/ErrorNotice.js';
import { MeshButton } from '../../components/MeshButton.js';
import { SearchBox } from '../../components/SearchBox.js';
import { Segmented } from '../../components/Segmented.js';
import frame from '../../components/view.module.css';
import { useStoreState, useStores } from '../../stores/stores-context.js';
import { GroupsSection } from '../Groups/GroupsSection.js';
import { GroupPanel } from './GroupPanel.js';
import styles from './TopicsView.module.css';
import { TopicTable } from './TopicTable.js';
import { sortTopics, summariseTopic } from './topic-summary.js';
import { useRegularRefresh } from './use-regular-refresh.js';

const sections = [
  { value: 'topics', label: 'Topics' },
  { value: 'groups', label: 'Consumer groups' },
] as const;

const topicDialog = createChunk(async () => (await import('./TopicDialog.js')).TopicDialog);

/** The topics of the cluster, what the settings use them for, and how far the node's group has read them; or all groups. */
export function TopicsView() {
  const { groups } = useStores();
  const showsGroups = useStoreState('groups', (state) => state.isShown);
  const topics = useStoreState('topics', (state) => state.topics);
  const error = useStoreState('topics', (state) => state.error);
  const [text, setText] = useState('');
  const [creating, setCreating] = useState<readonly string[] | null>(null);
  const refresh = useRefresh(showsGroups);
  useRegularRefresh(refresh);
  const sorted = useMemo(() => sortTopics(topics ?? []), [topics]);
  const shown = sorted.filter((topic) => matches(topic, text));
  const missing = sorted
    .filter((topic) => summariseTopic(topic).standing === 'missing')
    .map((topic) => topic.name);

  return (
    <div className={frame.view}>
      <search className={frame.bar}>
        <Segmented
          label="Show"
          value={showsGroups ? 'groups' : 'topics'}
          options={sections}
          onChange={(section) => groups.getState().show(section === 'groups')}
        />
        <SearchBox
          label={showsGroups ? 'Search in the groups' : 'Search in the topics'}
          placeholder={showsGroups ? 'Name or topic of a group' : 'Name or use of a topic'}
          text={text}
          onChange={setText}
        />
        <RefreshButton showsGroups={showsGroups} onRefresh={refresh} />
        {!showsGroups && (
          <div className={frame.end}>
            {missing.length > 0 && (
              <MeshButton tone="primary" icon="plus" onClick={() => setCreating(missing)}>
                {missing.length === 1 ? 'Create the missing one' : `Create ${missing.length} missing ones`}
              </MeshButton>
            )}
            <MeshButton icon="plus" onClick={() => setCreating([])}>
              New topic
            </MeshButton>
          </div>
        )}
      </search>
      {showsGroups ? (
        <GroupsSection text={text} />
      ) : (
        <div className={frame.scroll}>
          {error !== null && <ErrorNotice error={error} what="The topics could not be read" />}
          <GroupPanel />
          {topics !== null && topics.length === 0 && (
            <EmptyState title="No topics">
              <p>Neither the settings nor the cluster know any.</p>
            </EmptyState>
          )}
          {topics !== null && topics.length > 0 && shown.length === 0 && (
            <EmptyState title={`No topic matches “${text}”`} />
          )}
          {shown.length > 0 && <TopicTable topics={shown} onCreate={(name) => setCreating([name])} />}
          {topics === null && error === null && <p className={styles.waiting}>Asking the brokers …</p>}
        </div>
      )}
      {creating !== null && (
        <Chunk of={topicDialog} props={{ names: creating, onClose: () => setCreating(null) }} />
      )}
    </div>
  );
}

function matches(topic: TopicView, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  return topic.name.toLowerCase().includes(wanted) || (topic.role?.toLowerCase().includes(wanted) ?? false);
}

/** Of what shows. */
function useRefresh(showsGroups: boolean): () => void {
  const { topics, groups } = useStores();
  return useCallback(() => {
    // The reset of a group offers the topics too.
    void topics.getState().refresh();
    if (showsGroups) void groups.getState().refresh();
  }, [showsGroups, topics, groups]);
}

interface RefreshButtonProps {
  readonly showsGroups: boolean;
  onRefresh(): void;
}

function RefreshButton({ showsGroups, onRefresh }: RefreshButtonProps) {
  const topicsAtMs = useStoreState('topics', (state) => state.loadedAtMs);
  const groupsAtMs = useStoreState('groups', (state) => state.loadedAtMs);
  const loadedAtMs = showsGroups ? groupsAtMs : topicsAtMs;
  return (
    <>
      <Button icon="retry" title="Ask the brokers now (R)" onClick={onRefresh}>
        Refresh
      </Button>
      {loadedAtMs !== null && (
        <span className={styles.waiting}>
          Read <Age atMs={loadedAtMs} suffix="ago" />
        </span>
      )}
    </>
  );
}
