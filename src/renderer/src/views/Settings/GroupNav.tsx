import { StateMark } from '../../components/StateMark.js';
import styles from './GroupNav.module.css';
import type { SettingGroup } from './setting-groups.js';
import type { SettingRow } from './setting-rows.js';

export interface GroupNavProps {
  readonly groups: readonly { readonly group: SettingGroup; readonly rows: readonly SettingRow[] }[];
  readonly showsPeers: boolean;
}

export function groupElementId(id: string): string {
  return `settings-group-${id}`;
}

/** The groups to jump to, with what is unsaved or wrong in them. */
export function GroupNav({ groups, showsPeers }: GroupNavProps) {
  return (
    <nav className={styles.nav} aria-label="Groups of settings">
      <ul>
        {groups.map(({ group, rows }) => (
          <Entry key={group.id} id={group.id} title={group.title} rows={rows} />
        ))}
        {showsPeers && <Entry id="peers" title="Peers" rows={[]} />}
      </ul>
    </nav>
  );
}

interface EntryProps {
  readonly id: string;
  readonly title: string;
  readonly rows: readonly SettingRow[];
}

function Entry({ id, title, rows }: EntryProps) {
  const dirty = rows.filter((row) => row.isDirty).length;
  const wrong = rows.some((row) => row.problem !== null || row.sourceProblems.length > 0);
  return (
    <li>
      <button
        type="button"
        className={styles.entry}
        onClick={() => document.getElementById(groupElementId(id))?.scrollIntoView({ block: 'start' })}
      >
        <span>{title}</span>
        {wrong && (
          <span className={styles.mark} title="Something here is wrong">
            <StateMark tone="bad" />
          </span>
        )}
        {dirty > 0 && (
          <span className={styles.count} title={`${dirty} unsaved`}>
            {dirty}
          </span>
        )}
      </button>
    </li>
  );
}
