import { createStore, type StoreApi } from 'zustand/vanilla';
import type { DoctorReport, FeedBatch } from '../../../shared/feed.js';
import type { ResonanceClient } from '../ipc/client.js';

export interface DoctorState {
  /** The present or last run; null before the first. */
  readonly report: DoctorReport | null;
  apply(batch: FeedBatch): void;
  /** Starts a run; its steps come with the feed. @throws {ResonanceError} */
  run(): Promise<void>;
}

export type DoctorStore = StoreApi<DoctorState>;

export function createDoctorStore(client: ResonanceClient): DoctorStore {
  return createStore<DoctorState>()((set) => ({
    report: null,
    apply(batch) {
      if (batch.doctor !== undefined) set({ report: batch.doctor });
    },
    async run() {
      await client.call('doctor.run');
    },
  }));
}
