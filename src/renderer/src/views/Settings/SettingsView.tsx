import { useMemo, useState } from 'react';
import type { SettingsView as SettingsSnapshot } from '../../../../shared/ipc.js';
import { Button } from '../../components/Button.js';
import { Copyable } from '../../components/Copyable.js';
import { classNames } from '../../components/class-names.js';
import { EmptyState } from '../../components/EmptyState.js';
import { ErrorNotice } from '../../components/ErrorNotice.js';
import { SearchBox } from '../../components/SearchBox.js';
import layout from '../../components/split.module.css';
import frame from '../../components/view.module.css';
import { useStoreState, useStores } from '../../stores/stores-context.js';
import { PeerDialog } from '../Peers/PeerDialog.js';
import { GroupNav } from './GroupNav.js';
import { PeersPanel } from './PeersPanel.js';
import { ProblemList } from './ProblemList.js';
import { ProfilesPanel } from './ProfilesPanel.js';
import { SecretsList } from './SecretsList.js';
import { SettingsGroup } from './SettingsGroup.js';
import styles from './SettingsView.module.css';
import { groupOf, otherGroup, settingGroups } from './setting-groups.js';
import { looseProblems, searchRows, settingRows } from './setting-rows.js';
import { UnsavedBar } from './UnsavedBar.js';
import { type PeerTarget, useSettingsFocus } from './use-settings-focus.js';

/** Every setting: where its value comes from, what is wrong with it, and what is typed but not saved yet. */
export function SettingsView() {
  const settings = useStoreState('settings', (state) => state.settings);
  const error = useStoreState('settings', (state) => state.error);
  const { load } = useStores().settings.getState();
  if (settings !== null) return <Loaded settings={settings} />;
  return error === null ? (
    <EmptyState title="Reading the settings …" />
  ) : (
    <div className={classNames(frame.scroll, styles.content)}>
      <ErrorNotice
        error={error}
        what="The settings could not be read"
        actions={<Button onClick={() => void load()}>Try again</Button>}
      />
    </div>
  );
}

function Loaded({ settings }: { readonly settings: SettingsSnapshot }) {
  const { commands } = useStores();
  const drafts = useStoreState('settingsDraft', (state) => state.drafts);
  const refusals = useStoreState('settingsDraft', (state) => state.refusals);
  const [text, setText] = useState('');
  const [peer, setPeer] = useState<PeerTarget | null>(null);
  const rows = useMemo(() => settingRows(settings, { drafts, refusals }), [settings, drafts, refusals]);
  const shown = useMemo(() => searchRows(rows, text), [rows, text]);
  const problems = useMemo(() => looseProblems(settings, rows), [settings, rows]);
  useSettingsFocus(() => setText(''), setPeer);

  const groups = [...settingGroups, otherGroup]
    .map((group) => ({ group, rows: shown.filter((row) => groupOf(row.path) === group) }))
    .filter((entry) => entry.rows.length > 0);
  const showsPeers = 'peers endpoint websocket topic'.includes(text.trim().toLowerCase());

  return (
    <div className={frame.view}>
      <search className={frame.bar}>
        <SearchBox
          label="Search in the settings"
          placeholder="Name or meaning of a setting"
          text={text}
          onChange={setText}
        />
        <div className={classNames(frame.end, styles.file)}>
          <Copyable what="path of the settings file" text={settings.file} />
          <Button icon="folder" onClick={() => void commands.reveal('settings')}>
            Show
          </Button>
        </div>
      </search>
      <div className={layout.split}>
        <GroupNav groups={groups} showsPeers={showsPeers} />
        <div className={classNames(frame.scroll, styles.content)}>
          <ProblemList problems={problems.general} settings={settings} />
          {groups.map(({ group, rows: members }) =>
            group.id === 'profiles' ? (
              <ProfilesPanel
                key={group.id}
                settings={settings}
                rows={members}
                isSearching={text.trim() !== ''}
              />
            ) : (
              <SettingsGroup key={group.id} group={group} rows={members} settings={settings}>
                {group.id === 'kafka-security' && (
                  <SecretsList profile="" security={settings.config.kafka.security} />
                )}
              </SettingsGroup>
            ),
          )}
          {showsPeers && (
            <PeersPanel
              settings={settings}
              problems={problems.peers}
              onAdd={() => setPeer({ name: null })}
              onEdit={(name) => setPeer({ name })}
            />
          )}
          {groups.length === 0 && !showsPeers && <EmptyState title={`No setting matches “${text}”`} />}
        </div>
      </div>
      <UnsavedBar rows={rows} />
      {peer !== null && <PeerDialog name={peer.name} onClose={() => setPeer(null)} />}
    </div>
  );
}
