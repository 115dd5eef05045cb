import { describe, expect, test } from 'vitest';
import { createSteps, formatDuration } from '../../../scripts/lib/steps.mjs';

describe('the steps', () => {
  test('say what happens and how long it took', async () => {
    const lines: string[] = [];
    let now = 0;
    const { say, step } = createSteps({ write: (line) => lines.push(line), now: () => now });
    await step('Build', (report) => {
      report('building');
      now = 1500;
      return 'built';
    });
    await step('Electron', () => ({ summary: 'Electron 45' }));
    await expect(
      step('Types', () => {
        throw new Error('wrong');
      }),
    ).rejects.toThrow('wrong');
    say('done');
    expect(lines).toEqual([
      '[   0.0 s] Build: building',
      '[   1.5 s] Build: built (1.5 s)',
      '[   1.5 s] Electron: Electron 45 (0 ms)',
      '[   1.5 s] Types: FAILED (0 ms)',
      '[   1.5 s] done',
    ]);
  });

  test('give long times in minutes', () => {
    expect(formatDuration(61_400)).toBe('1 min 01 s');
    expect(formatDuration(119_700)).toBe('2 min 00 s');
  });
});
