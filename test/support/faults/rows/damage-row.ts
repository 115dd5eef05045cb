import { mkdtemp, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect } from 'vitest';
import { bitFlip, copyAsCrashed, type Damage, filesIn, inflict, mangledFile } from '../damage.js';
import { type Keeper, stateFile } from '../keepers.js';

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

/** A folder of one keeper, copies of which are damaged, opened, read, and written to again. Throws at the first broken promise. */
export class DamageRow {
  readonly #keeper: Keeper;
  readonly #root: string;
  readonly #written: Written;

  private constructor(keeper: Keeper, root: string, written: Written) {
    this.#keeper = keeper;
    this.#root = root;
    this.#written = written;
  }

  static async prepare(keeper: Keeper): Promise<DamageRow> {
    const root = await mkdtemp(join(tmpdir(), 'resonance-damage-'));
    return new DamageRow(keeper, root, await writeAll(keeper, join(root, 'closed'), join(root, 'crashed')));
  }

  close(): Promise<void> {
    return rm(this.#root, { recursive: true, force: true });
  }

  /** Cuts the last record at each of its bytes. Returns how often. */
  async tear(): Promise<number> {
    const { beforeLast, allowed } = this.#written;
    const crashed = join(this.#root, 'crashed');
    const folder = join(this.#root, 'damaged');
    let cuts = 0;
    for (const [file, to] of await sizesIn(crashed)) {
      const from = beforeLast.sizes.get(file) ?? 0;
      if (!file.endsWith('.log')) continue;
      for (let length = from + 1; length < to; length += 1) {
        cuts += 1;
        await copyAsCrashed(crashed, folder);
        await truncate(join(folder, file), length);
        const open = await this.#keeper.open(folder);
        const found = await open.read();
        expectNothingForeign(found, allowed);
        for (const name of beforeLast.found.keys())
          expect(found.has(name), `${name}, torn at ${length}`).toBe(true);
        expect(open.complaints(), `torn at ${length}`).toHaveLength(1);
        await open.close();
      }
    }
    return cuts;
  }

  /** Returns how many records they cost in all. */
  async flip(state: 'closed' | 'crashed', times: number): Promise<number> {
    return this.#inflictEach(bitFlip, state, times, (lost) =>
      expect(lost).toBeLessThanOrEqual(this.#keeper.namesInRecord),
    );
  }

  async mangle(times: number): Promise<number> {
    return this.#inflictEach(mangledFile, 'closed', times, () => undefined);
  }

  async #inflictEach(
    damages: fc.Arbitrary<Damage>,
    state: 'closed' | 'crashed',
    times: number,
    check: (lost: number) => void,
  ): Promise<number> {
    let lostInAll = 0;
    const property = fc.asyncProperty(damages, async (damage) => {
      const lost = await this.#expectHonest(state, damage);
      lostInAll += lost;
      check(lost);
    });
    await fc.assert(property, { numRuns: times });
    return lostInAll;
  }

  /** Returns how many records cannot be read as they were. */
  async #expectHonest(state: 'closed' | 'crashed', damage: Damage): Promise<number> {
    const folder = join(this.#root, 'damaged');
    await copyAsCrashed(join(this.#root, state), folder);
    await inflict(damage, folder);
    const open = await this.#keeper.open(folder);
    const found = await open.read();
    const complaints = open.complaints();
    const context = `${JSON.stringify(damage)}: ${complaints.join('; ')}`;
    const { found: before, allowed } = this.#written;
    expectNothingForeign(found, allowed);
    const missing = [...before].filter(([name, value]) => found.get(name) !== value);
    if (missing.length > 0)
      expect(complaints.length, `${missing[0]?.[0]} is missing, ${context}`).toBeGreaterThan(0);

    // No batch of the idempotent producer, which the broker may rightly refuse when it has lost the ones before it.
    await open.write(records + 1, records + 2);
    await open.close();
    const again = await this.#keeper.open(folder);
    const later = await again.read();
    await again.close();
    expect(later.size, `what is written afterwards is there, ${context}`).toBeGreaterThan(0);
    for (const [name, value] of found) {
      const isReplaced = allowed.get(name)?.size !== 1 || this.#keeper === stateFile;
      if (!isReplaced) expect(later.get(name), context).toBe(value);
    }
    return missing.length;
  }
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
