import { type Beat, beatsKept, type NodeHealth } from '../../shared/feed.js';
import { ClockSkew } from './clock-skew.js';

/** Beats that were sent or came closer together than this part of the interval are one beat that came twice. */
const sameBeatFraction = 0.25;
/** A beat sent up to so many intervals before the last one was overtaken on another transport; further back, a clock was set. */
const overtakenIntervals = 3;
/** A beat within this part of the interval is on time, whatever it is in milliseconds. */
const onTimeFraction = 1.5;
const onTimeGraceMs = 250;
/** From this part of the interval on, a beat counts as missed. */
const missedFraction = 1.75;

/** A heartbeat older than this when it arrives is history read from a topic, unless its sender's clock is off. */
const staleMs = 30_000;

/** Beats needed before their own pace replaces the expected interval. */
const beatsForPace = 4;
const gapsForPace = 15;
const gapsForMean = 20;

const shortestIntervalMs = 100;
const longestIntervalMs = 3_600_000;

export interface BeatSummary {
  /** Oldest first, at most `beatsKept`. */
  readonly beats: readonly Beat[];
  readonly intervalMs: number | null;
  readonly jitterMs: number | null;
}

/**
 * One node's heartbeats. Arrivals are all that is kept; which beats were seen, late or missed follows from them and
 * from the interval, when somebody asks. Times are attention time (see Attention) unless they say wall time.
 */
export class HeartbeatTrack {
  readonly skew = new ClockSkew();
  /** Rings: arrival in attention time and in wall time. */
  readonly #arrivalsMs = new Float64Array(beatsKept + 1);
  readonly #wallTimesMs = new Float64Array(beatsKept + 1);
  #count = 0;
  /** The last heartbeat heard, a sign of life or not. */
  #lastSentAtMs: number | null = null;
  #lastHeardMs = Number.NEGATIVE_INFINITY;
  /** The last sign of life. */
  #lastLiveMs = Number.NEGATIVE_INFINITY;
  #lastLiveAtMs: number | null = null;
  /** When the last beat of the ring was sent. */
  #lastBeatSentAtMs: number | null = null;

  /** Wall time of the last beat. */
  get lastBeatAtMs(): number | null {
    return this.#lastLiveAtMs;
  }

  /**
   * @param nowMs attention time
   * @param atMs wall time of receipt
   * @param sentAtMs the heartbeat's own timestamp, wall time of its sender
   * @param expectedMs the interval until the beats show their own
   * @returns false when it is no sign of life: read late from a topic
   */
  beat(nowMs: number, atMs: number, sentAtMs: number | null, expectedMs: number): boolean {
    if (!this.#isLive(nowMs, atMs, sentAtMs)) return false;
    if (sentAtMs !== null) this.skew.sample(nowMs, sentAtMs - atMs);
    this.#lastLiveMs = nowMs;
    this.#lastLiveAtMs = atMs;
    if (this.#isSameBeat(nowMs, sentAtMs, this.intervalMs(expectedMs))) return true;
    this.#lastBeatSentAtMs = sentAtMs;
    const slot = this.#count % this.#arrivalsMs.length;
    this.#arrivalsMs[slot] = nowMs;
    this.#wallTimesMs[slot] = atMs;
    this.#count += 1;
    return true;
  }

  /** The node's pace: the median of its last gaps, or the expected interval until there are some. */
  intervalMs(expectedMs: number): number {
    if (this.#count < beatsForPace) return expectedMs;
    const gaps = this.#gaps(gapsForPace).sort((left, right) => left - right);
    const median = gaps[Math.floor(gaps.length / 2)] ?? expectedMs;
    return Math.min(Math.max(median, shortestIntervalMs), longestIntervalMs);
  }

  /**
   * @param lastMessageMs attention time of the last message of any type: a node that still talks is late, not silent
   */
  health(nowMs: number, expectedMs: number, lastMessageMs: number): NodeHealth {
    if (this.#count === 0) return 'unknown';
    const intervalMs = this.intervalMs(expectedMs);
    const sinceLastMs = nowMs - this.#lastLiveMs;
    if (sinceLastMs < Math.max(2 * intervalMs, intervalMs + 500)) return 'healthy';
    const silentAfterMs = Math.max(5 * intervalMs, intervalMs + 2_000);
    return sinceLastMs < silentAfterMs || nowMs - lastMessageMs < silentAfterMs ? 'late' : 'silent';
  }

  /** @param atMs wall time now */
  summary(nowMs: number, atMs: number, expectedMs: number): BeatSummary {
    const intervalMs = this.intervalMs(expectedMs);
    const beats: Beat[] = [];
    const first = Math.max(0, this.#count - this.#arrivalsMs.length);
    for (let index = first; index < this.#count; index += 1) {
      const wallMs = this.#wallTime(index);
      if (index === first) {
        beats.push({ atMs: wallMs, state: 'seen' });
        continue;
      }
      const gapMs = this.#arrival(index) - this.#arrival(index - 1);
      const missed = missedIn(gapMs, intervalMs);
      pushMissed(beats, this.#wallTime(index - 1), wallMs, missed);
      const isLate =
        missed === 0 && gapMs > Math.max(onTimeFraction * intervalMs, intervalMs + onTimeGraceMs);
      beats.push({ atMs: wallMs, state: isLate ? 'late' : 'seen' });
    }
    if (this.#count > 0) {
      const lastAtMs = this.#lastLiveAtMs ?? atMs;
      pushMissed(beats, lastAtMs, Math.max(atMs, lastAtMs), missedIn(nowMs - this.#lastLiveMs, intervalMs));
    }
    return { beats: beats.slice(-beatsKept), ...this.#meanAndJitter(intervalMs) };
  }

  /** Whether a heartbeat is the one before, come over the other transport. */
  #isSameBeat(nowMs: number, sentAtMs: number | null, intervalMs: number): boolean {
    if (this.#count === 0) return false;
    if (nowMs - this.#arrival(this.#count - 1) < intervalMs * sameBeatFraction) return true;
    if (sentAtMs === null || this.#lastBeatSentAtMs === null) return false;
    const sentApartMs = sentAtMs - this.#lastBeatSentAtMs;
    return sentApartMs < intervalMs * sameBeatFraction && sentApartMs > -intervalMs * overtakenIntervals;
  }

  /**
   * Whether a heartbeat says that its sender lives now. A consumer that catches up reads heartbeats of the past; they
   * come faster than they were sent. A sender with a wrong clock is told apart by its pace: as far apart as received.
   */
  #isLive(nowMs: number, atMs: number, sentAtMs: number | null): boolean {
    if (sentAtMs === null) return true;
    const sentApartMs = this.#lastSentAtMs === null ? Number.NaN : sentAtMs - this.#lastSentAtMs;
    const heardApartMs = nowMs - this.#lastHeardMs;
    this.#lastSentAtMs = sentAtMs;
    this.#lastHeardMs = nowMs;
    if (Math.abs(atMs - sentAtMs) < staleMs) return true;
    const isPaced = Math.abs(sentApartMs - heardApartMs) <= Math.max(50, heardApartMs / 2);
    return heardApartMs >= shortestIntervalMs / 2 && isPaced;
  }

  #meanAndJitter(intervalMs: number): { intervalMs: number | null; jitterMs: number | null } {
    // A gap with missed beats in it says nothing about the pace.
    const gaps = this.#gaps(gapsForMean).filter((gapMs) => missedIn(gapMs, intervalMs) === 0);
    if (gaps.length === 0) return { intervalMs: null, jitterMs: null };
    const mean = gaps.reduce((sum, gapMs) => sum + gapMs, 0) / gaps.length;
    const jitter = gaps.reduce((sum, gapMs) => sum + Math.abs(gapMs - mean), 0) / gaps.length;
    return { intervalMs: mean, jitterMs: jitter };
  }

  /** The last gaps between beats, oldest first. */
  #gaps(limit: number): number[] {
    const gaps: number[] = [];
    const first = Math.max(1, this.#count - Math.min(limit, this.#arrivalsMs.length - 1));
    for (let index = first; index < this.#count; index += 1) {
      gaps.push(this.#arrival(index) - this.#arrival(index - 1));
    }
    return gaps;
  }

  #arrival(index: number): number {
    return this.#arrivalsMs[index % this.#arrivalsMs.length] ?? 0;
  }

  #wallTime(index: number): number {
    return this.#wallTimesMs[index % this.#wallTimesMs.length] ?? 0;
  }
}

/** Beats that should have been in a gap, and were not. */
function missedIn(gapMs: number, intervalMs: number): number {
  if (gapMs < Math.max(missedFraction * intervalMs, intervalMs + onTimeGraceMs)) return 0;
  return Math.max(1, Math.floor(gapMs / intervalMs + (2 - missedFraction)) - 1);
}

function pushMissed(beats: Beat[], fromMs: number, toMs: number, missed: number): void {
  const shown = Math.min(missed, beatsKept);
  const stepMs = (toMs - fromMs) / (missed + 1);
  for (let index = missed - shown + 1; index <= missed; index += 1) {
    beats.push({ atMs: Math.round(fromMs + index * stepMs), state: 'missed' });
  }
}
