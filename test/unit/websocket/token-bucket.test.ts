import { describe, expect, it } from 'vitest';
import { TokenBucket } from '../../../src/main/websocket/token-bucket.js';

function taken(bucket: TokenBucket, tries: number, nowMs: number): number {
  let count = 0;
  for (let i = 0; i < tries; i += 1) if (bucket.take(nowMs)) count += 1;
  return count;
}

describe('a token bucket', () => {
  it('allows a burst of its capacity, then only what is refilled', () => {
    const bucket = new TokenBucket(10, 10, 1_000);
    expect(taken(bucket, 100, 1_000)).toBe(10);
    expect(taken(bucket, 100, 1_099)).toBe(0);
    expect(taken(bucket, 100, 1_100)).toBe(1);
    expect(taken(bucket, 100, 1_600)).toBe(5);
  });

  it('never holds more than its capacity', () => {
    const bucket = new TokenBucket(10, 10, 0);
    expect(taken(bucket, 100, 3_600_000)).toBe(10);
  });

  it('is not refilled by a time that goes back', () => {
    const bucket = new TokenBucket(1, 1, 5_000);
    expect(bucket.take(5_000)).toBe(true);
    expect(bucket.take(0)).toBe(false);
    expect(bucket.take(5_500)).toBe(false);
  });
});
