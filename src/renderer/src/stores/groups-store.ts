import { createStore, type StoreApi } from 'zustand/vanilla';
import type {
  GroupDetail,
  GroupSummary,
  ResetOutcome,
  ResetPlan,
  ResetRequest,
} from '../../../shared/consumer-groups.js';
import { type ErrorReport, toErrorReport } from '../../../shared/errors.js';
import type { FeedBatch } from '../../../shared/feed.js';
import type { ResonanceClient } from '../ipc/client.js';

export interface GroupsState {
  /** Whether the Topics view shows the groups. */
  readonly isShown: boolean;
  /** Null until the first answer. */
  readonly groups: readonly GroupSummary[] | null;
  /** The group that the operator has chosen; null: the first. */
  readonly selected: string | null;
  /** Of the group that shows; null until it is read. */
  readonly detail: GroupDetail | null;
  readonly loading: boolean;
  readonly error: ErrorReport | null;
  readonly loadedAtMs: number | null;
  /** Forgets what was read, and the choice, once another cluster is in use. */
  follow(batch: FeedBatch): void;
  show(isShown: boolean): void;
  select(groupId: string): Promise<void>;
  /** Asks the brokers again; a failure is kept in `error` and what was read last stays. */
  refresh(): Promise<void>;
  /** @throws {ResonanceError} */
  previewReset(request: ResetRequest): Promise<ResetPlan>;
  /** @throws {ResonanceError} */
  previewUndo(snapshotId: string): Promise<ResetPlan>;
  /** @throws {ResonanceError} */
  apply(planId: string, pauseOwn: boolean): Promise<ResetOutcome>;
}

export type GroupsStore = StoreApi<GroupsState>;

export function createGroupsStore(client: ResonanceClient, wallMs: () => number): GroupsStore {
  let profile: string | null = null;

  return createStore<GroupsState>()((set, get) => {
    /** Of the group that is chosen by the time of the answer: the operator may have moved on. */
    const readDetail = async (groupId: string): Promise<void> => {
      const asked = profile;
      const detail = await client.call('groups.describe', groupId);
      const shown = get().selected ?? get().groups?.[0]?.groupId;
      if (profile === asked && shown === groupId) set({ detail });
    };

    return {
      isShown: false,
      groups: null,
      selected: null,
      detail: null,
      loading: false,
      error: null,
      loadedAtMs: null,
      follow({ status }) {
        if (status === undefined) return;
        if (profile !== null && status.profile.name !== profile) {
          const nothing = { groups: null, selected: null, detail: null };
          set({ ...nothing, loading: false, error: null, loadedAtMs: null });
        }
        profile = status.profile.name;
      },
      show: (isShown) => set({ isShown }),
      async select(groupId) {
        set({ selected: groupId, detail: null });
        const asked = profile;
        try {
          await readDetail(groupId);
        } catch (error) {
          if (profile === asked) set({ error: toErrorReport(error) });
        }
      },
      async refresh() {
        if (get().loading) return;
        set({ loading: true });
        const asked = profile;
        try {
          const groups = await client.call('groups.list');
          if (profile !== asked) return;
          const { selected } = get();
          const isGone = selected !== null && !groups.some(({ groupId }) => groupId === selected);
          set({ groups, ...(isGone ? { selected: null, detail: null } : {}) });
          const shown = get().selected ?? groups[0]?.groupId;
          if (shown !== undefined) await readDetail(shown);
          if (profile !== asked) return;
          set({ loading: false, error: null, loadedAtMs: wallMs() });
        } catch (error) {
          if (profile === asked) set({ loading: false, error: toErrorReport(error) });
        }
      },
      previewReset: (request) => client.call('groups.previewReset', request),
      previewUndo: (snapshotId) => client.call('groups.previewUndo', snapshotId),
      async apply(planId, pauseOwn) {
        const outcome = await client.call('groups.apply', { planId, pauseOwn });
        await get().refresh();
        return outcome;
      },
    };
  });
}
