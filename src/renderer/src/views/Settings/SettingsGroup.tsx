import type { ReactNode } from 'react';
import type { SettingsView } from '../../../../shared/ipc.js';
import { SettingLine } from './SettingLine.js';
import { SettingsPanel } from './SettingsPanel.js';
import { reconnects, type SettingGroup } from './setting-groups.js';
import type { SettingRow } from './setting-rows.js';

export interface SettingsGroupProps {
  readonly group: SettingGroup;
  readonly rows: readonly SettingRow[];
  readonly settings: SettingsView;
  /** Below the settings. */
  readonly children?: ReactNode;
}

export function SettingsGroup({ group, rows, settings, children }: SettingsGroupProps) {
  const how = rows.some((row) => reconnects(row.path)) ? 'Applies by reconnecting.' : 'Applies at once.';
  const aside = group.description === undefined ? how : `${group.description} ${how}`;
  return (
    <SettingsPanel groupId={group.id} title={group.title} aside={aside}>
      <ul aria-label={group.title}>
        {rows.map((row) => (
          <SettingLine key={row.path} row={row} settings={settings} />
        ))}
      </ul>
      {children}
    </SettingsPanel>
  );
}
