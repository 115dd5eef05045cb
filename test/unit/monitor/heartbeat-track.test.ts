import { describe, expect, test } from 'vitest';
import { HeartbeatTrack } from '../../../src/main/monitor/heartbeat-track.js';
import { beatsKept } from '../../../src/shared/feed.js';
import { startMs } from './fixture.js';

const expectedMs = 1_000;

/** Beats at these times (milliseconds after the start), received when they are sent. */
function trackOf(times: readonly number[], sender: { clockErrorMs?: number } = {}): HeartbeatTrack {
  const track = new HeartbeatTrack();
  for (const time of times)
    track.beat(time, startMs + time, startMs + time + (sender.clockErrorMs ?? 0), expectedMs);
  return track;
}

const states = (track: HeartbeatTrack, nowMs: number): string =>
  track
    .summary(nowMs, startMs + nowMs, expectedMs)
    .beats.map(({ state }) => ({ seen: '|', late: '/', missed: '.' })[state])
    .join('');

const seconds = (count: number, fromMs = 0): number[] =>
  Array.from({ length: count }, (_, index) => fromMs + index * 1_000);

describe('the heartbeat bar', () => {
  test('shows each beat seen, late or missed', () => {
    expect(states(trackOf([0, 1_000, 2_050, 2_980]), 3_000)).toBe('||||');
    expect(states(trackOf([0, 1_000, 2_600, 3_600]), 3_700)).toBe('||/|');
    expect(states(trackOf([0, 1_000, 4_000, 5_000]), 5_100)).toBe('||..||');
  });

  test('goes on with missed beats while a node is silent', () => {
    const track = trackOf(seconds(5));
    expect(states(track, 4_900)).toBe('|||||');
    expect(states(track, 8_100)).toBe('|||||...');
    const { beats } = track.summary(8_100, startMs + 8_100, expectedMs);
    expect(beats.slice(-3).every(({ atMs }) => atMs > startMs + 4_000 && atMs < startMs + 8_100)).toBe(true);
  });

  test('holds no more than it keeps, however long the silence', () => {
    const track = trackOf(seconds(200));
    expect(states(track, 199_100)).toHaveLength(beatsKept);
    expect(states(track, 100_000_000)).toBe('.'.repeat(beatsKept));
  });

  test('shows one beat that comes over two transports once, though one of them is slow', () => {
    const track = new HeartbeatTrack();
    for (const time of seconds(10)) {
      track.beat(time, startMs + time, startMs + time, expectedMs);
      track.beat(time + 400, startMs + time + 400, startMs + time + 2, expectedMs);
    }
    expect(states(track, 9_500)).toBe('|'.repeat(10));
    expect(track.summary(9_500, startMs + 9_500, expectedMs)).toMatchObject({
      intervalMs: 1_000,
      jitterMs: 0,
    });
  });

  test('follows the node’s own pace once it shows', () => {
    const track = trackOf([0, 5_000, 10_000, 15_000, 20_000]);
    expect(track.intervalMs(expectedMs)).toBe(5_000);
    expect(states(track, 24_000)).toBe('|||||');
    expect(track.health(24_000, expectedMs, 0)).toBe('healthy');
  });

  test('tells interval and jitter without the gaps in which beats were missed', () => {
    const summary = trackOf([0, 900, 2_000, 2_900, 4_000, 9_000]).summary(9_000, startMs, expectedMs);
    expect(summary.intervalMs).toBe(1_000);
    expect(summary.jitterMs).toBe(100);
  });
});

describe('health', () => {
  test('is unknown, healthy, late and silent in turn', () => {
    expect(new HeartbeatTrack().health(0, expectedMs, 0)).toBe('unknown');
    const track = trackOf(seconds(5));
    expect(track.health(5_900, expectedMs, 4_000)).toBe('healthy');
    expect(track.health(6_100, expectedMs, 4_000)).toBe('late');
    expect(track.health(9_100, expectedMs, 4_000)).toBe('silent');
  });

  test('is late, not silent, while the node still talks', () => {
    expect(trackOf(seconds(5)).health(60_000, expectedMs, 59_000)).toBe('late');
  });
});

describe('what counts as a sign of life', () => {
  test('is not a heartbeat of the past, read while a consumer catches up', () => {
    const track = new HeartbeatTrack();
    for (let index = 0; index < 1_000; index += 1) {
      expect(track.beat(index / 10, startMs, startMs - 86_400_000 + index * 1_000, expectedMs)).toBe(false);
    }
    expect(track.lastBeatAtMs).toBeNull();
    expect(track.health(200, expectedMs, 0)).toBe('unknown');
    expect(track.beat(1_000, startMs + 1_000, startMs + 900, expectedMs)).toBe(true);
  });

  test.each([
    ['an hour behind', -3_600_000],
    ['ten years ahead', 315_576_000_000],
  ])('is a heartbeat of a node whose clock is %s, and the error is measured', (_, clockErrorMs) => {
    const track = trackOf(seconds(6), { clockErrorMs });
    expect(track.health(5_500, expectedMs, 0)).toBe('healthy');
    expect(track.skew.estimateMs).toBe(clockErrorMs);
  });

  test('is every heartbeat without a timestamp', () => {
    const track = new HeartbeatTrack();
    for (const time of seconds(3)) track.beat(time, startMs + time, null, expectedMs);
    expect(states(track, 2_500)).toBe('|||');
    expect(track.skew.estimateMs).toBeNull();
  });
});

describe('the clock skew', () => {
  test('is the difference of the quickest recent message', () => {
    const track = new HeartbeatTrack();
    const delays = [80, 12, 300, 40];
    for (const [index, delay] of delays.entries()) {
      const sentAt = index * 1_000;
      track.beat(sentAt + delay, startMs + sentAt + delay, startMs + sentAt + 500, expectedMs);
    }
    expect(track.skew.estimateMs).toBe(500 - 12);
  });

  test('forgets what it saw minutes ago', () => {
    const { skew } = new HeartbeatTrack();
    skew.sample(0, 900);
    skew.sample(160_000, 100);
    expect(skew.estimateMs).toBe(900);
    skew.sample(320_000, 90);
    expect(skew.estimateMs).toBe(100);
    skew.sample(2_000_000, -5);
    expect(skew.estimateMs).toBe(-5);
  });
});
