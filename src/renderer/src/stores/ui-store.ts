import { createStore, type StoreApi } from 'zustand/vanilla';
import type { WindowEvents } from '../../../shared/ipc.js';

export const viewIds = ['overview', 'messages', 'nodes', 'topics', 'diagnostics', 'settings'] as const;
export type ViewId = (typeof viewIds)[number];

export interface UiState {
  readonly view: ViewId;
  /** Settings path that the Settings view should bring into sight, for example `peers.nexus.websocket`. */
  readonly settingsFocus: string | null;
  readonly composeOpen: boolean;
  /** Grows by one each time the operator asks for the search field of the view. */
  readonly findRequests: number;
  /** What quitting still waits for; null while the app is not quitting. */
  readonly quitting: WindowEvents['quitting'] | null;
  show(view: ViewId): void;
  showSetting(path: string): void;
  openCompose(): void;
  closeCompose(): void;
  requestFind(): void;
  setQuitting(quitting: WindowEvents['quitting']): void;
}

export type UiStore = StoreApi<UiState>;

export function createUiStore(initialView: ViewId = 'overview'): UiStore {
  return createStore<UiState>()((set, get) => ({
    view: initialView,
    settingsFocus: null,
    composeOpen: false,
    findRequests: 0,
    quitting: null,
    show: (view) => set({ view, settingsFocus: null }),
    showSetting: (path) => set({ view: 'settings', settingsFocus: path }),
    openCompose: () => set({ composeOpen: true }),
    closeCompose: () => set({ composeOpen: false }),
    requestFind: () => set({ findRequests: get().findRequests + 1 }),
    setQuitting: (quitting) => set({ quitting }),
  }));
}

export function isViewId(text: string): text is ViewId {
  return (viewIds as readonly string[]).includes(text);
}
