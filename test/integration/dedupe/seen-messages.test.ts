import { mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SeenMessages, type SeenMessagesOptions } from '../../../src/main/dedupe/seen-messages.js';
import { ManualClock } from '../../support/manual-clock.js';
import { silentLogger } from '../../support/silent-logger.js';

let directory: string;
const open: SeenMessages[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'resonance-seen-'));
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((seen) => seen.close()));
  await rm(directory, { recursive: true });
});

async function openSeen(options: Partial<SeenMessagesOptions> = {}): Promise<SeenMessages> {
  const seen = await SeenMessages.open({
    directory,
    clock: new ManualClock(),
    logger: silentLogger,
    ...options,
  });
  open.push(seen);
  return seen;
}

let created = 0;

/** Fresh UUIDv7 texts, cheaply: a counter in the place of the random bits. */
function createIds(count: number): string[] {
  return Array.from({ length: count }, () => {
    created += 1;
    return `018bcfe5-6800-7000-8000-${created.toString(16).padStart(12, '0')}`;
  });
}

function handle(seen: SeenMessages, ids: readonly string[]): void {
  for (const id of ids) {
    seen.claim(id);
    seen.settle(id);
  }
}

async function lastSegment(): Promise<string> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.log')).sort();
  return join(directory, names.at(-1) ?? '');
}

describe('SeenMessages', () => {
  test('takes the first of two copies for new, and the second for a repeat', async () => {
    const seen = await openSeen();
    const [id = ''] = createIds(1);
    expect([seen.claim(id), seen.claim(id), seen.claim('not an id of the mesh')]).toEqual([
      'new',
      'repeat',
      'foreign',
    ]);
  });

  test('knows what was persisted after a crash, and not what was not settled', async () => {
    const [settled = '', claimed = ''] = createIds(2);
    const crashed = await openSeen();
    handle(crashed, [settled]);
    crashed.claim(claimed);
    await crashed.persist();
    const seen = await openSeen();
    expect([seen.claim(settled), seen.claim(claimed)]).toEqual(['repeat', 'new']);
  });

  test('writes by itself what nobody persists, after a moment', async () => {
    const clock = new ManualClock();
    const seen = await openSeen({ clock });
    handle(seen, createIds(1));
    const sizeBytes = async (): Promise<number> => (await stat(await lastSegment())).size;
    clock.advance(200);
    await expect.poll(sizeBytes).toBe(40);
  });

  test('knows a million ids after a restart, in bounded memory, while the event loop runs on', async () => {
    const ids = createIds(1_050_000);
    const first = await openSeen();
    handle(first, ids.slice(0, 100_000));
    await first.persist();
    for (let at = 100_000; at < ids.length; at += 95_000) {
      handle(first, ids.slice(at, at + 95_000));
      await first.persist();
    }
    await first.close();
    let turns = 0;
    const ticking = setInterval(() => (turns += 1), 1);
    const second = await openSeen();
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(10);
    expect(second.size).toBe(ids.length);
    for (const id of ids) if (second.claim(id) !== 'repeat') expect.fail(`${id} was forgotten`);
    expect(second.sizeBytes).toBeLessThan(26_000_000);
  }, 60_000);

  test('keeps the log within bounds too: what was forgotten in memory leaves the disk', async () => {
    const seen = await openSeen({ minIds: 40_000 });
    for (let round = 0; round < 100; round += 1) {
      handle(seen, createIds(4_000));
      await seen.persist();
    }
    const files = (await readdir(directory)).filter((name) => name.endsWith('.log'));
    expect(files.length).toBeLessThanOrEqual(2);
    await seen.close();
    expect((await openSeen({ minIds: 40_000 })).size).toBeLessThanOrEqual(45_715);
  });

  test('loses only the ids of an interrupted write', async () => {
    const [first = '', second = ''] = createIds(2);
    const crashed = await openSeen();
    handle(crashed, [first]);
    await crashed.persist();
    handle(crashed, [second]);
    await crashed.persist();
    const file = await lastSegment();
    await truncate(file, (await stat(file)).size - 3);
    const seen = await openSeen();
    expect([seen.claim(first), seen.claim(second)]).toEqual(['repeat', 'new']);
  });

  test('counts the seven days while it runs, so that no jump of the wall clock makes it forget', async () => {
    const hourMs = 3_600_000;
    const [id = ''] = createIds(1);
    const clock = new ManualClock();
    const first = await openSeen({ clock });
    handle(first, [id]);
    await first.close();
    const tenYearsLater = new ManualClock(10 * 365 * 24 * hourMs);
    const second = await openSeen({ clock: tenYearsLater });
    expect(second.claim(id)).toBe('repeat');
    for (let hour = 0; hour < 7 * 24 + 2; hour += 1) {
      tenYearsLater.advance(hourMs);
      handle(second, createIds(1));
    }
    expect(second.claim(id)).toBe('new');
  });

  test('forgets a brief id with the restart, and knows it for ten minutes until then', async () => {
    const clock = new ManualClock();
    const [id = ''] = createIds(1);
    const seen = await openSeen({ clock });
    seen.claim(id, 'brief');
    clock.advance(590_000);
    expect(seen.claim(id, 'brief')).toBe('repeat');
    await seen.close();
    expect((await openSeen()).claim(id, 'brief')).toBe('new');
  });

  test('does not know a message whose claim was taken back', async () => {
    const seen = await openSeen();
    const [id = ''] = createIds(1);
    seen.claim(id);
    seen.release(id);
    expect(seen.claim(id)).toBe('new');
  });
});
