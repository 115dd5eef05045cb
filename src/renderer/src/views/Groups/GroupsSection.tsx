import { useState } from 'react';
import type { GroupSnapshotView, GroupSummary } from '../../../../shared/consumer-groups.js';
import { Chunk } from '../../components/Chunk.js';
import { createChunk } from '../../components/component-chunk.js';
import { EmptyState } from '../../components/EmptyState.js';
import { ErrorNotice } from '../../components/ErrorNotice.js';
import layout from '../../components/split.module.css';
import frame from '../../components/view.module.css';
import { useStoreState } from '../../stores/stores-context.js';
import { GroupDetailPane } from './GroupDetailPane.js';
import { GroupList } from './GroupList.js';
import styles from './GroupsSection.module.css';

const resetDialog = createChunk(async () => (await import('./ResetDialog.js')).ResetDialog);

/** What the dialog is about: a reset, or the undo of one. */
interface OpenDialog {
  readonly groupId: string;
  readonly undo: GroupSnapshotView | null;
}

/** The consumer groups of the cluster, and one of them with its members, offsets and what can be undone. */
export function GroupsSection({ text }: { readonly text: string }) {
  const groups = useStoreState('groups', (state) => state.groups);
  const selected = useStoreState('groups', (state) => state.selected);
  const detail = useStoreState('groups', (state) => state.detail);
  const error = useStoreState('groups', (state) => state.error);
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const shown = (groups ?? []).filter((group) => matches(group, text));
  const current = selected ?? groups?.[0]?.groupId;

  return (
    <div className={frame.content}>
      {error !== null && (
        <div className={frame.notice}>
          <ErrorNotice error={error} what="Not all of the groups could be read" />
        </div>
      )}
      {groups === null && error === null && <p className={styles.waiting}>Asking the brokers …</p>}
      {groups !== null && shown.length === 0 && (
        <EmptyState title={groups.length === 0 ? 'No consumer groups' : `No group matches “${text}”`}>
          {groups.length === 0 && <p>They appear as soon as somebody reads in one.</p>}
        </EmptyState>
      )}
      {shown.length > 0 && (
        <div className={layout.split}>
          <GroupList groups={shown} selected={current} />
          {detail === null ? (
            <p className={styles.waiting}>Asking the brokers …</p>
          ) : (
            <GroupDetailPane
              key={detail.groupId}
              group={detail}
              onReset={() => setDialog({ groupId: detail.groupId, undo: null })}
              onUndo={(undo) => setDialog({ groupId: detail.groupId, undo })}
            />
          )}
        </div>
      )}
      {dialog !== null && (
        <Chunk
          of={resetDialog}
          props={{ groupId: dialog.groupId, undo: dialog.undo, onClose: () => setDialog(null) }}
        />
      )}
    </div>
  );
}

function matches({ groupId, topics }: GroupSummary, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  return [groupId, ...topics].some((name) => name.toLowerCase().includes(wanted));
}
