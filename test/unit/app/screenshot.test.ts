import { expect, test } from 'vitest';
import { LivenessWatch } from '../../../src/main/app/screenshot.js';

const second = (atMs: number, frequencyHz: number | null) => ({
  sequence: atMs,
  atMs,
  series: [{ atMs, points: [{ node: 'resonance', frequencyHz, sRoi: null }] }],
});

test('the node counts as alive after enough different seconds with a value', async () => {
  const watch = new LivenessWatch();
  let isLive = false;
  void watch.live.then(() => {
    isLive = true;
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  watch.observe({ sequence: 0, atMs: 0 });
  for (let count = 0; count < 20; count += 1) watch.observe(second(1_000, 0.043));
  for (let count = 0; count < 20; count += 1) watch.observe(second(count * 1_000, null));
  await settle();
  expect(isLive).toBe(false);
  for (let count = 0; count < 8; count += 1) watch.observe(second(count * 1_000, 0.043));
  await settle();
  expect(isLive).toBe(true);
});
