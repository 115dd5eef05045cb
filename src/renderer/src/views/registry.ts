import { type ComponentChunk, createChunk } from '../components/component-chunk.js';
import type { IconName } from '../components/Icon.js';
import type { ViewId } from '../stores/ui-store.js';

export interface ViewEntry {
  readonly id: ViewId;
  readonly title: string;
  readonly icon: IconName;
  readonly shortcut: string;
  readonly view: ComponentChunk<object>;
}

/** The rail's entries, in its order. */
export const views: readonly ViewEntry[] = [
  {
    id: 'overview',
    title: 'Overview',
    icon: 'overview',
    shortcut: 'Mod+1',
    view: createChunk(async () => (await import('./Overview/OverviewView.js')).OverviewView),
  },
  {
    id: 'messages',
    title: 'Messages',
    icon: 'messages',
    shortcut: 'Mod+2',
    view: createChunk(async () => (await import('./Messages/MessagesView.js')).MessagesView),
  },
  {
    id: 'nodes',
    title: 'Nodes',
    icon: 'nodes',
    shortcut: 'Mod+3',
    view: createChunk(async () => (await import('./Nodes/NodesView.js')).NodesView),
  },
  {
    id: 'topics',
    title: 'Topics',
    icon: 'topics',
    shortcut: 'Mod+4',
    view: createChunk(async () => (await import('./Topics/TopicsView.js')).TopicsView),
  },
  {
    id: 'delivery',
    title: 'Delivery',
    icon: 'delivery',
    shortcut: 'Mod+5',
    view: createChunk(async () => (await import('./Delivery/DeliveryView.js')).DeliveryView),
  },
  {
    id: 'diagnostics',
    title: 'Diagnostics',
    icon: 'diagnostics',
    shortcut: 'Mod+6',
    view: createChunk(async () => (await import('./Diagnostics/DiagnosticsView.js')).DiagnosticsView),
  },
  {
    id: 'settings',
    title: 'Settings',
    icon: 'settings',
    shortcut: 'Mod+7',
    view: createChunk(async () => (await import('./Settings/SettingsView.js')).SettingsView),
  },
];
