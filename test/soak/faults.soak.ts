import { appendFile, mkdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { SoakReport } from './soak-report.js';
import { type SoakRow, soakRows } from './soak-rows.js';

interface SoakSettings {
  /** Of each row; null for the row's own. */
  readonly rounds: number | null;
  /** No round begins later than so many after the start. */
  readonly minutes: number;
  readonly words: readonly string[];
}

const { rounds, minutes, words } = JSON.parse(process.env.RESONANCE_SOAK ?? '{}') as SoakSettings;
const endsAtMs = performance.now() + minutes * 60_000;
const reportFile = new URL('../../test-results/soak.txt', import.meta.url);

const rows = soakRows().filter(
  ({ name }) => words.length === 0 || words.some((word) => name.toLowerCase().includes(word.toLowerCase())),
);

async function soak({ name, rounds: own, run, roundTimeoutMs }: SoakRow): Promise<SoakReport> {
  const report = new SoakReport(name);
  for (let round = 0; round < (rounds ?? own) && performance.now() < endsAtMs; round += 1) {
    let timer: NodeJS.Timeout | undefined;
    const hanging = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), roundTimeoutMs);
    });
    try {
      const result = await Promise.race([run(), hanging]);
      if (result === null) {
        report.addFailure(`a round did not end within ${roundTimeoutMs} ms`);
        // What hangs may disturb what comes after it.
        break;
      }
      report.add(result);
    } catch (error) {
      report.addFailure(String(error));
    } finally {
      clearTimeout(timer);
    }
  }
  return report;
}

describe('the fault table, round after round', () => {
  for (const row of rows) {
    const times = rounds ?? row.rounds;
    it(
      row.name,
      async () => {
        const report = await soak(row);
        await mkdir(new URL('.', reportFile), { recursive: true });
        await appendFile(reportFile, `${report.lines().join('\n')}\n`);
        console.info(report.lines().join('\n'));
        expect(report.isClean, report.lines().join('\n')).toBe(true);
      },
      times * row.roundTimeoutMs + 60_000,
    );
  }
});
