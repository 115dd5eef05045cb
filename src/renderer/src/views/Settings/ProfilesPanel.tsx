import { useState } from 'react';
import type { SettingsView } from '../../../../shared/ipc.js';
import type { KafkaSecurity, ProfileConfig } from '../../../../shared/kafka-config.js';
import { Badge } from '../../components/Badge.js';
import { Button, IconButton } from '../../components/Button.js';
import { Chunk } from '../../components/Chunk.js';
import { ColumnHead } from '../../components/ColumnHead.js';
import { createChunk } from '../../components/component-chunk.js';
import { Checkbox } from '../../components/Field.js';
import { ProfileMark } from '../../components/ProfileMark.js';
import table from '../../components/table.module.css';
import { isOverridden } from '../../format/setting-words.js';
import { clusterWords } from '../../format/words.js';
import { useStores } from '../../stores/stores-context.js';
import { usesLogin } from '../../validation/settings.js';
import { ActiveClusterLink, ActiveClusterTrouble } from './ActiveClusterLink.js';
import { ProblemNotice } from './ProblemList.js';
import { type ProfileAction, ProfileDialog } from './ProfileDialog.js';
import styles from './ProfilesPanel.module.css';
import { SecretsList } from './SecretsList.js';
import { SettingLine } from './SettingLine.js';
import { SettingsPanel } from './SettingsPanel.js';
import type { SettingRow } from './setting-rows.js';

const importDialog = createChunk(async () => (await import('./ImportDialog.js')).ImportDialog);

const columns = 5;

export interface ProfilesPanelProps {
  readonly settings: SettingsView;
  /** Settings of profiles that match what is searched for. */
  readonly rows: readonly SettingRow[];
  readonly isSearching: boolean;
}

/** The named clusters: which is in use, which are locked, and everything that can be done with them. */
export function ProfilesPanel({ settings, rows, isSearching }: ProfilesPanelProps) {
  const [open, setOpen] = useState<string | null>(null);
  const [action, setAction] = useState<ProfileAction | null>(null);
  const [isImporting, setIsImporting] = useState(false);
  const { config } = settings;
  return (
    <>
      <SettingsPanel
        groupId="profiles"
        title="Cluster profiles"
        aside="Named clusters to switch between without a restart."
        actions={
          <>
            <Button icon="folder" onClick={() => setIsImporting(true)}>
              Import …
            </Button>
            <Button icon="plus" id="setting-profiles" onClick={() => setAction({ kind: 'add' })}>
              Add a profile
            </Button>
          </>
        }
      >
        {rows
          .filter(({ path }) => path === 'profile')
          .flatMap(({ sourceProblems }) => sourceProblems)
          .map((problem) => (
            <ProblemNotice key={problem.source} problem={problem} settings={settings} />
          ))}
        <table className={table.table} aria-label="Cluster profiles">
          <thead>
            <tr>
              <ColumnHead>Name</ColumnHead>
              <ColumnHead>Brokers</ColumnHead>
              <ColumnHead>Protection</ColumnHead>
              <ColumnHead>Lock</ColumnHead>
              <ColumnHead isHidden>Actions</ColumnHead>
            </tr>
          </thead>
          <tbody>
            <WithoutProfile settings={settings} />
            {Object.entries(config.profiles).map(([name, profile]) => {
              const own = rows.filter(({ path }) => path.startsWith(`profiles.${name}.`));
              const isOpen = open === name || (isSearching && own.length > 0);
              return (
                <ProfileRows
                  key={name}
                  name={name}
                  profile={profile}
                  settings={settings}
                  rows={isOpen ? own : []}
                  isOpen={isOpen}
                  isDirty={own.some((row) => row.isDirty)}
                  isWrong={own.some((row) => row.problem !== null || row.sourceProblems.length > 0)}
                  onToggle={() => setOpen(isOpen ? null : name)}
                  onAction={setAction}
                />
              );
            })}
          </tbody>
        </table>
      </SettingsPanel>
      {action !== null && (
        <ProfileDialog action={action} taken={Object.keys(config.profiles)} onClose={() => setAction(null)} />
      )}
      {isImporting && (
        <Chunk
          of={importDialog}
          props={{ taken: Object.keys(config.profiles), onClose: () => setIsImporting(false) }}
        />
      )}
    </>
  );
}

/** The kafka section stands for itself. */
function WithoutProfile({ settings: { config } }: { readonly settings: SettingsView }) {
  const { kafka, profile } = config;
  return (
    <>
      <tr>
        <th scope="row">
          <span className={styles.name}>
            <span className={styles.cluster}>
              <ProfileMark color="grey" /> {clusterWords('')}
            </span>
            {profile === '' && <Badge tone="strong">in use</Badge>}
          </span>
          {profile === '' && <ActiveClusterLink />}
        </th>
        <Brokers brokers={kafka.brokers} />
        <td>{protectionWords(kafka.security)}</td>
        <td className={table.soft}>none</td>
        <td className={table.actions}>{profile !== '' && <UseButton name="" />}</td>
      </tr>
      {profile === '' && <ActiveClusterTrouble columns={columns} />}
    </>
  );
}

interface ProfileRowsProps {
  readonly name: string;
  readonly profile: ProfileConfig;
  readonly settings: SettingsView;
  readonly rows: readonly SettingRow[];
  readonly isOpen: boolean;
  readonly isDirty: boolean;
  readonly isWrong: boolean;
  onToggle(): void;
  onAction(action: ProfileAction): void;
}

function ProfileRows({
  name,
  profile,
  settings,
  rows,
  isOpen,
  isDirty,
  isWrong,
  onToggle,
  onAction,
}: ProfileRowsProps) {
  const { profiles } = useStores();
  const isActive = settings.config.profile === name;
  return (
    <>
      <tr>
        <th scope="row">
          <span className={styles.name}>
            <span className={styles.cluster}>
              <ProfileMark color={profile.color} /> {name}
            </span>
            {isActive && <Badge tone="strong">in use</Badge>}
            {isDirty && <Badge tone="warning">unsaved</Badge>}
            {isWrong && <Badge tone="bad">to mend</Badge>}
          </span>
          {isActive && <ActiveClusterLink />}
        </th>
        <Brokers brokers={profile.brokers} />
        <td>{protectionWords(profile.security)}</td>
        <td>
          <Checkbox
            label="Read-only"
            aria-label={`${name} is read-only`}
            checked={profile.readOnly}
            disabled={isOverridden(settings.sources[`profiles.${name}.readOnly`])}
            onChange={(event) => void profiles.setReadOnly(name, event.target.checked)}
          />
        </td>
        <td className={table.actions}>
          {!isActive && <UseButton name={name} />}
          <IconButton icon="settings" label={`Edit ${name}`} aria-expanded={isOpen} onClick={onToggle} />
          <IconButton
            icon="copy"
            label={`Duplicate ${name}`}
            onClick={() => onAction({ kind: 'duplicate', name })}
          />
          <IconButton
            icon="edit"
            label={`Rename ${name}`}
            onClick={() => onAction({ kind: 'rename', name })}
          />
          <IconButton
            icon="trash"
            label={isActive ? `Switch to another cluster before removing ${name}` : `Remove ${name}`}
            disabled={isActive}
            onClick={() => void profiles.remove(name)}
          />
        </td>
      </tr>
      {isActive && <ActiveClusterTrouble columns={columns} />}
      {isOpen && (
        <tr>
          <td colSpan={columns} className={styles.details}>
            <SecretsList profile={name} security={profile.security} />
            <ul aria-label={`Settings of ${name}`}>
              {rows.map((row) => (
                <SettingLine key={row.path} row={row} settings={settings} />
              ))}
            </ul>
          </td>
        </tr>
      )}
    </>
  );
}

/** One a line; what is copied is as the settings have it. */
function Brokers({ brokers }: { readonly brokers: readonly string[] }) {
  return (
    <td className={styles.brokers}>
      {brokers.map((broker, index) => (
        <code key={broker}>{index < brokers.length - 1 ? `${broker}, ` : broker}</code>
      ))}
    </td>
  );
}

function UseButton({ name }: { readonly name: string }) {
  const { profiles } = useStores();
  return (
    <Button
      aria-label={name === '' ? 'Use no profile' : `Use ${name}`}
      onClick={() => void profiles.use(name)}
    >
      Use
    </Button>
  );
}

/** For example `TLS, login scram-sha-512`. */
function protectionWords(security: KafkaSecurity): string {
  const login = `login ${security.mechanism}`;
  switch (security.protocol) {
    case 'plaintext':
      return 'none';
    case 'ssl':
      return 'TLS';
    default:
      return usesLogin(security) && security.protocol === 'sasl_ssl' ? `TLS, ${login}` : `${login}, no TLS`;
  }
}
