import type { ReactNode } from 'react';
import { Panel } from '../../components/Panel.js';
import { groupElementId } from './GroupNav.js';
import styles from './SettingsPanel.module.css';

export interface SettingsPanelProps {
  /** The group that the list beside the settings leads to. */
  readonly groupId: string;
  readonly title: string;
  /** What a change does. */
  readonly aside: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** One group of the settings. */
export function SettingsPanel({ groupId, title, aside, actions, children }: SettingsPanelProps) {
  return (
    <div id={groupElementId(groupId)} className={styles.group}>
      <Panel title={title} aside={aside} actions={actions} flush>
        {children}
      </Panel>
    </div>
  );
}
