import { mkdtemp, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  bitFlip,
  copyAsCrashed,
  type Damage,
  filesIn,
  inflict,
  mangledFile,
} from '../../support/faults/damage.js';
import {
  brokerFolder,
  type Keeper,
  outboxJournal,
  seenIds,
  stateFile,
} from '../../support/faults/keepers.js';

const records = 24;

/** What each record may be read as: as it was at any time. An older value of a key stands in for a lost newer one. */
type Allowed = ReadonlyMap<string, ReadonlySet<string>>;

interface Written {
  readonly found: ReadonlyMap<string, string>;
  readonly allowed: Allowed;
  /** Without the last record. */
  readonly beforeLast: {
    readonly found: ReadonlyMap<string, string>;
    readonly sizes: ReadonlyMap<string, number>;
  };
}

async function writeAll(keeper: Keeper, directory: string, crashed: string): Promise<Written> {
  const open = await keeper.open(directory);
  const allowed = new Map<string, Set<string>>();
  let beforeLast: Written['beforeLast'] = { found: new Map(), sizes: new Map() };
  for (let index = 0; index < records; index += 1) {
    if (index === records - 1) beforeLast = { found: await open.read(), sizes: await sizesIn(directory) };
    await open.write(index, index + 1);
    for (const [name, value] of await open.read())
      allowed.set(name, (allowed.get(name) ?? new Set()).add(value));
  }
  const found = await open.read();
  await copyAsCrashed(directory, crashed);
  await open.close();
  return { found, allowed, beforeLast };
}

async function sizesIn(directory: string): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (const file of await filesIn(directory)) sizes.set(file, (await stat(join(directory, file))).size);
  return sizes;
}

function expectNothingForeign(found: ReadonlyMap<string, string>, allowed: Allowed): void {
  for (const [name, value] of found) expect(allowed.get(name), name).toContain(value);
}

describe.each([brokerFolder, outboxJournal, seenIds, stateFile])('$name', (keeper) => {
  let root: string;
  let closed: string;
  let crashed: string;
  let folder: string;
  let written: Written;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'resonance-damage-'));
    [closed, crashed, folder] = [join(root, 'closed'), join(root, 'crashed'), join(root, 'damaged')];
    written = await writeAll(keeper, closed, crashed);
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  /** Opens a damaged copy, and holds it to its promises. */
  async function expectHonest(from: string, damage: Damage): Promise<number> {
    await copyAsCrashed(from, folder);
    await inflict(damage, folder);
    const open = await keeper.open(folder);
    const found = await open.read();
    const complaints = open.complaints();
    const context = `${JSON.stringify(damage)}: ${complaints.join('; ')}`;
    const { found: before, allowed } = written;
    expectNothingForeign(found, allowed);
    const missing = [...before].filter(([name, value]) => found.get(name) !== value);
    if (missing.length > 0)
      expect(complaints.length, `${missing[0]?.[0]} is missing, ${context}`).toBeGreaterThan(0);

    // No batch of the idempotent producer, which the broker may rightly refuse when it has lost the ones before it.
    await open.write(records + 1, records + 2);
    await open.close();
    const again = await keeper.open(folder);
    const later = await again.read();
    await again.close();
    expect(later.size, `what is written afterwards is there, ${context}`).toBeGreaterThan(0);
    for (const [name, value] of found) {
      if (allowed.get(name)?.size === 1 && keeper !== stateFile) expect(later.get(name), context).toBe(value);
    }
    return missing.length;
  }

  // The state is replaced as a whole, by a rename.
  const itTorn = keeper === stateFile ? null : it;
  itTorn?.(
    'of a file torn at every byte of its last record: the tail is cut with a warning, the rest is there',
    async () => {
      const { beforeLast } = written;
      const sizes = await sizesIn(crashed);
      const grown = [...sizes].filter(
        ([file, size]) => file.endsWith('.log') && size > (beforeLast.sizes.get(file) ?? 0),
      );
      expect(grown.length).toBeGreaterThan(0);
      for (const [file, to] of grown) {
        const from = beforeLast.sizes.get(file) ?? 0;
        for (let length = from + 1; length < to; length += 1) {
          await copyAsCrashed(crashed, folder);
          await truncate(join(folder, file), length);
          const open = await keeper.open(folder);
          const found = await open.read();
          expectNothingForeign(found, written.allowed);
          for (const name of beforeLast.found.keys())
            expect(found.has(name), `${name} at ${length}`).toBe(true);
          expect(open.complaints(), `torn at ${length}`).toHaveLength(1);
          await open.close();
        }
      }
    },
  );

  it.each(['closed', 'crashed'] as const)(
    'of 100 random bit flips (%s): none is served, all that cost a record are reported, the rest is there',
    async (state) => {
      const from = state === 'closed' ? closed : crashed;
      let lostInAll = 0;
      await fc.assert(
        fc.asyncProperty(bitFlip, async (damage) => {
          const lost = await expectHonest(from, damage);
          lostInAll += lost;
          expect(lost).toBeLessThanOrEqual(keeper === seenIds ? 20 : 1);
        }),
        { numRuns: 100 },
      );
      expect(lostInAll, 'flips that did no harm prove nothing').toBeGreaterThan(0);
    },
    120_000,
  );

  it('of files truncated, emptied and swapped: nothing foreign is served, and what is lost is reported', async () => {
    await fc.assert(
      fc.asyncProperty(mangledFile, async (damage) => {
        await expectHonest(closed, damage);
      }),
      { numRuns: 60 },
    );
  }, 120_000);
});
