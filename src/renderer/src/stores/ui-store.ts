import { createStore, type StoreApi } from 'zustand/vanilla';
import type { WindowEvents } from '../../../shared/ipc.js';

export const viewIds = [
  'overview',
  'messages',
  'nodes',
  'topics',
  'delivery',
  'diagnostics',
  'settings',
] as const;
export type ViewId = (typeof viewIds)[number];

export interface UiState {
  readonly view: ViewId;
  /** Settings path that the Settings view should bring into sight, for example `peers.nexus.websocket`. */
  readonly settingsFocus: string | null;
  readonly composeOpen: boolean;
  /** The operator asked for the search field of the view; a view that has one takes the request when it focuses it. */
  readonly findRequested: boolean;
  /** What quitting still waits for; null while the app is not quitting. */
  readonly quitting: WindowEvents['quitting'] | null;
  show(view: ViewId): void;
  showSetting(path: string): void;
  openCompose(): void;
  closeCompose(): void;
  requestFind(): void;
  takeFindRequest(): void;
  setQuitting(quitting: WindowEvents['quitting']): void;
}

export type UiStore = StoreApi<UiState>;

export function createUiStore(initialView: ViewId = 'overview'): UiStore {
  return createStore<UiState>()((set) => ({
    view: initialView,
    settingsFocus: null,
    composeOpen: false,
    findRequested: false,
    quitting: null,
    show: (view) => set({ view, settingsFocus: null, findRequested: false }),
    showSetting: (path) => set({ view: 'settings', settingsFocus: path }),
    openCompose: () => set({ composeOpen: true }),
    closeCompose: () => set({ composeOpen: false }),
    requestFind: () => set({ findRequested: true }),
    takeFindRequest: () => set({ findRequested: false }),
    setQuitting: (quitting) => set({ quitting }),
  }));
}

export function isViewId(text: string): text is ViewId {
  return (viewIds as readonly string[]).includes(text);
}
