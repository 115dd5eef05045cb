import { createStore, type StoreApi } from 'zustand/vanilla';
import type { FeedBatch, TrafficView } from '../../../shared/feed.js';
import { appendBounded } from './bounded-list.js';

/** Rates remembered for each channel's bars. */
export const ratesKept = 40;
const topicsKept = 512;

export interface ChannelRates {
  /** Messages a second, oldest first. */
  readonly in: readonly number[];
  readonly out: readonly number[];
}

export interface TrafficState {
  readonly channels: readonly TrafficView[];
  readonly total: TrafficView | null;
  /** When the cluster was switched, and counting began anew; null: not in this run. */
  readonly switchedAtMs: number | null;
  /** Topics with traffic since the window opened, those of former clusters too: the history has their messages. */
  readonly topics: readonly string[];
  readonly ratesByChannel: Readonly<Record<string, ChannelRates>>;
  apply(batch: FeedBatch): void;
}

export type TrafficStore = StoreApi<TrafficState>;

const noRates: ChannelRates = { in: [], out: [] };

export function createTrafficStore(): TrafficStore {
  return createStore<TrafficState>()((set, get) => ({
    channels: [],
    total: null,
    switchedAtMs: null,
    topics: [],
    ratesByChannel: {},
    apply(batch) {
      if (batch.traffic === undefined) return;
      const { channels, total, switchedAtMs } = batch.traffic;
      const { topics } = get();
      // Rates of the former cluster's topics are not those of topics of the same name.
      const before = switchedAtMs === get().switchedAtMs ? get().ratesByChannel : {};
      const ratesByChannel: Record<string, ChannelRates> = {};
      for (const channel of channels) {
        const rates = before[channel.channel] ?? noRates;
        ratesByChannel[channel.channel] = {
          in: push(rates.in, channel.messagesInPerSecond),
          out: push(rates.out, channel.messagesOutPerSecond),
        };
      }
      const added = channels
        .map(({ channel }) => channel)
        .filter((name) => name !== 'websocket' && !topics.includes(name));
      set({
        channels,
        total,
        switchedAtMs,
        ratesByChannel,
        topics: appendBounded(topics, added, topicsKept),
      });
    },
  }));
}

function push(rates: readonly number[], rate: number): readonly number[] {
  return [...rates, rate].slice(-ratesKept);
}
