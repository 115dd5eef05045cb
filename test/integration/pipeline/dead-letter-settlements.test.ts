import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DeadLetterFacts } from '../../../src/main/pipeline/dead-letter-headers.js';
import { DeadLetterSettlements } from '../../../src/main/pipeline/dead-letter-settlements.js';

let directory: string;
let settlements: DeadLetterSettlements;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'resonance-settlements-'));
  settlements = new DeadLetterSettlements({ directory, onEvent: () => undefined, settlementsKept: 3 });
});
afterEach(async () => {
  await settlements.close();
  await rm(directory, { recursive: true, force: true });
});

async function settledOf(ids: readonly string[]): Promise<string[]> {
  const isSettled = await settlements.reader();
  return ids.filter((id) => isSettled({ id, atMs: 0 } as DeadLetterFacts));
}

it('keeps the newest settlements of letters, and what was settled last however old its letter is', async () => {
  for (const id of ['b', 'c', 'd', 'e']) await settlements.settle(id, 'discarded');
  expect(await settledOf(['b', 'c', 'd', 'e'])).toEqual(['c', 'd', 'e']);
  await settlements.settle('a', 'resent');
  expect(await settledOf(['a', 'b', 'c', 'd', 'e'])).toEqual(['a', 'd', 'e']);
});

it('forgets none when one that is there is settled anew', async () => {
  for (const id of ['c', 'd', 'e', 'c']) await settlements.settle(id, 'discarded');
  expect(await settledOf(['c', 'd', 'e'])).toEqual(['c', 'd', 'e']);
});

it('takes a settlement back', async () => {
  await settlements.settle('c', 'discarded');
  await settlements.reopen('c');
  expect(await settledOf(['c'])).toEqual([]);
});
