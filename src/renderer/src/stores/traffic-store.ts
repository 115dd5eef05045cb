import { createStore, type StoreApi } from 'zustand/vanilla';
import type { FeedBatch, TrafficView } from '../../../shared/feed.js';

/** Rates remembered for each channel's bars. */
export const ratesKept = 40;

export interface ChannelRates {
  /** Messages a second, oldest first. */
  readonly in: readonly number[];
  readonly out: readonly number[];
}

export interface TrafficState {
  readonly channels: readonly TrafficView[];
  readonly total: TrafficView | null;
  readonly ratesByChannel: Readonly<Record<string, ChannelRates>>;
  apply(batch: FeedBatch): void;
}

export type TrafficStore = StoreApi<TrafficState>;

const noRates: ChannelRates = { in: [], out: [] };

export function createTrafficStore(): TrafficStore {
  return createStore<TrafficState>()((set, get) => ({
    channels: [],
    total: null,
    ratesByChannel: {},
    apply(batch) {
      if (batch.traffic === undefined) return;
      const { channels, total } = batch.traffic;
      const before = get().ratesByChannel;
      const ratesByChannel: Record<string, ChannelRates> = {};
      for (const channel of channels) {
        const rates = before[channel.channel] ?? noRates;
        ratesByChannel[channel.channel] = {
          in: push(rates.in, channel.messagesInPerSecond),
          out: push(rates.out, channel.messagesOutPerSecond),
        };
      }
      set({ channels, total, ratesByChannel });
    },
  }));
}

function push(rates: readonly number[], rate: number): readonly number[] {
  return [...rates, rate].slice(-ratesKept);
}
