import { describe, expect, test } from 'vitest';
import { quitDeadlineMs, type ShutdownOptions, shutDown } from '../../../src/main/app/shutdown.js';
import { ManualClock } from '../../support/manual-clock.js';
import { silentLogger } from '../../support/silent-logger.js';

const never = new Promise<void>(() => undefined);

async function run(options: Pick<ShutdownOptions, 'unsentCount' | 'steps'>, clock = new ManualClock()) {
  const announced: number[] = [];
  let endedAtMs: number | undefined;
  const ended = shutDown({
    clock,
    logger: silentLogger,
    announce: ({ unsent }) => announced.push(unsent),
    ...options,
  }).then(() => {
    endedAtMs = clock.monotonicMs();
  });
  await clock.advanceSlowly(quitDeadlineMs);
  await ended;
  return { announced, endedAtMs: endedAtMs ?? Number.NaN };
}

describe('quitting', () => {
  test('runs its steps in order, at once when nothing is unsent', async () => {
    const order: string[] = [];
    const { announced, endedAtMs } = await run({
      unsentCount: () => 0,
      steps: ['node', 'state', 'window'].map((name) => ({
        name,
        run: async () => void order.push(name),
      })),
    });
    expect(order).toEqual(['node', 'state', 'window']);
    expect(announced).toEqual([0]);
    expect(endedAtMs).toBeLessThanOrEqual(100);
  });

  test('tells what is still unsent and waits for it', async () => {
    const clock = new ManualClock();
    const { announced, endedAtMs } = await run(
      { unsentCount: () => Math.max(0, 3 - Math.floor(clock.monotonicMs() / 300)), steps: [] },
      clock,
    );
    expect(announced).toEqual([3, 2, 1, 0]);
    expect(endedAtMs).toBeGreaterThanOrEqual(900);
    expect(endedAtMs).toBeLessThan(1_200);
  });

  test('ends within the deadline when messages never leave and every step hangs', async () => {
    const started: string[] = [];
    const { endedAtMs } = await run({
      unsentCount: () => 7,
      steps: ['node', 'state', 'window'].map((name) => ({
        name,
        run: () => {
          started.push(name);
          return never;
        },
      })),
    });
    expect(started).toEqual(['node', 'state', 'window']);
    expect(endedAtMs).toBeLessThanOrEqual(quitDeadlineMs);
  });

  test('goes on after a step that fails', async () => {
    const done: string[] = [];
    await run({
      unsentCount: () => 0,
      steps: [
        { name: 'fails', run: () => Promise.reject(new Error('no disk')) },
        { name: 'follows', run: async () => void done.push('follows') },
      ],
    });
    expect(done).toEqual(['follows']);
  });
});
