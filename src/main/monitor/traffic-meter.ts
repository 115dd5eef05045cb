import type { Envelope } from '../../shared/envelope.js';
import type { TrafficPicture, TrafficView } from '../../shared/feed.js';

/** Seconds that a rate is averaged over. */
const windowSamples = 5;

/** Channels told apart; what comes over further ones counts in the total alone. */
export const maxChannels = 256;

/** Running totals of one channel, and what they were at the last ticks. */
class ChannelMeter {
  readonly channel: string;
  messagesIn = 0;
  messagesOut = 0;
  bytesIn = 0;
  bytesOut = 0;
  /** Rows of the four totals, one a tick. */
  readonly samples = new Float64Array((windowSamples + 1) * 4);

  constructor(channel: string) {
    this.channel = channel;
  }

  sample(slot: number): void {
    const at = slot * 4;
    this.samples[at] = this.messagesIn;
    this.samples[at + 1] = this.messagesOut;
    this.samples[at + 2] = this.bytesIn;
    this.samples[at + 3] = this.bytesOut;
  }

  view(oldestSlot: number, newestSlot: number, elapsedSeconds: number): TrafficView {
    const rate = (column: number): number => {
      if (elapsedSeconds <= 0) return 0;
      const newest = this.samples[newestSlot * 4 + column] ?? 0;
      const oldest = this.samples[oldestSlot * 4 + column] ?? 0;
      return (newest - oldest) / elapsedSeconds;
    };
    return {
      channel: this.channel,
      messagesInPerSecond: rate(0),
      messagesOutPerSecond: rate(1),
      bytesInPerSecond: rate(2),
      bytesOutPerSecond: rate(3),
      messagesIn: this.messagesIn,
      messagesOut: this.messagesOut,
      bytesIn: this.bytesIn,
      bytesOut: this.bytesOut,
    };
  }
}

/**
 * Messages and bytes by channel (a topic, or `websocket`), in and out. A message costs a few additions; rates come
 * from the totals at the last six ticks.
 */
export class TrafficMeter {
  readonly #channels = new Map<string, ChannelMeter>();
  #total = new ChannelMeter('total');
  readonly #tickTimesMs = new Float64Array(windowSamples + 1);
  #ticks = 0;
  #lastChannel: ChannelMeter | null = null;
  #switchedAtMs: number | null = null;

  /** Forgets everything counted: what comes from now on is of another cluster. @param atMs wall time */
  restart(atMs: number): void {
    this.#channels.clear();
    this.#lastChannel = null;
    this.#total = new ChannelMeter('total');
    this.#ticks = 0;
    this.#switchedAtMs = atMs;
  }

  observe(envelope: Envelope): void {
    const { byteLength } = envelope;
    const channel = this.#channel(envelope.kafka?.topic ?? envelope.transport);
    const total = this.#total;
    if (envelope.direction === 'in') {
      total.messagesIn += 1;
      total.bytesIn += byteLength;
      if (channel === null) return;
      channel.messagesIn += 1;
      channel.bytesIn += byteLength;
    } else {
      total.messagesOut += 1;
      total.bytesOut += byteLength;
      if (channel === null) return;
      channel.messagesOut += 1;
      channel.bytesOut += byteLength;
    }
  }

  /** Once a second. @param nowMs monotonic time */
  tick(nowMs: number): void {
    const slot = this.#ticks % (windowSamples + 1);
    this.#tickTimesMs[slot] = nowMs;
    this.#total.sample(slot);
    for (const channel of this.#channels.values()) channel.sample(slot);
    this.#ticks += 1;
  }

  snapshot(): TrafficPicture {
    const newest = Math.max(0, this.#ticks - 1);
    const oldest = Math.max(0, newest - windowSamples);
    const oldestSlot = oldest % (windowSamples + 1);
    const newestSlot = newest % (windowSamples + 1);
    const elapsedMs = (this.#tickTimesMs[newestSlot] ?? 0) - (this.#tickTimesMs[oldestSlot] ?? 0);
    const view = (meter: ChannelMeter): TrafficView => meter.view(oldestSlot, newestSlot, elapsedMs / 1_000);
    return {
      channels: [...this.#channels.values()]
        .map(view)
        .sort((left, right) => (left.channel < right.channel ? -1 : 1)),
      total: view(this.#total),
      switchedAtMs: this.#switchedAtMs,
    };
  }

  #channel(name: string): ChannelMeter | null {
    // Messages come in runs of one channel.
    if (this.#lastChannel?.channel === name) return this.#lastChannel;
    let channel = this.#channels.get(name);
    if (channel === undefined) {
      if (this.#channels.size >= maxChannels) return null;
      channel = new ChannelMeter(name);
      this.#channels.set(name, channel);
    }
    this.#lastChannel = channel;
    return channel;
  }
}
