/** One part of the settings as the view shows it. */
export interface SettingGroup {
  readonly id: string;
  readonly title: string;
  readonly description?: string;
  /** Dot paths of the sections in it; the longest one that fits a setting decides. */
  readonly sections: readonly string[];
}

export const settingGroups: readonly SettingGroup[] = [
  { id: 'node', title: 'Node', sections: ['node', 'resonance', 'sync'] },
  { id: 'kafka', title: 'Kafka', sections: ['kafka'] },
  {
    id: 'kafka-security',
    title: 'Kafka security',
    description: 'Encryption and login of the brokers.',
    sections: ['kafka.security'],
  },
  { id: 'new-topics', title: 'New topics', sections: ['kafka.newTopics'] },
  {
    id: 'profiles',
    title: 'Cluster profiles',
    description: 'Named clusters to switch between.',
    sections: ['profile', 'profiles'],
  },
  { id: 'websocket', title: 'WebSocket server', sections: ['websocket'] },
  {
    id: 'broker',
    title: 'Embedded broker',
    description: 'Runs when no configured broker answers.',
    sections: ['broker'],
  },
  { id: 'history', title: 'Message history', sections: ['history'] },
  { id: 'app', title: 'This app', sections: ['log', 'window'] },
];

/** For settings that no group names. */
export const otherGroup: SettingGroup = { id: 'other', title: 'Other', sections: [] };

export function groupOf(path: string): SettingGroup {
  let best = otherGroup;
  let length = -1;
  for (const group of settingGroups) {
    for (const section of group.sections) {
      const fits = path === section || path.startsWith(`${section}.`);
      if (fits && section.length > length) {
        best = group;
        length = section.length;
      }
    }
  }
  return best;
}

/** Sections that apply without touching a connection; for all others the transports are built anew. */
const quietSections = ['history', 'log', 'window'];

/** Whether saving a setting makes the node reconnect. */
export function reconnects(path: string): boolean {
  return !quietSections.includes(path.split('.')[0] ?? '');
}
