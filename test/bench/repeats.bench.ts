/**
 * What finding repeats costs a message, next to reading it: claim and settle with 0, 200,000 and 1,000,000 ids known, and
 * the writing of the ids.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SeenMessages } from '../../src/main/dedupe/seen-messages.js';
import { createSystemClock } from '../../src/main/system-clock.js';
import { parseMessage } from '../../src/shared/parse-message.js';
import { silentLogger } from '../support/silent-logger.js';

const sample = 50_000;
let created = 0;

function createId(): string {
  created += 1;
  return `018bcfe5-6800-7000-8000-${created.toString(16).padStart(12, '0')}`;
}

function textOf(id: string): string {
  const data = { sha: 'abc123', author: 'lexamoris', message: 'Update resonance frequency' };
  const common = { timestamp: '2026-01-13T02:00:00.123+00:00', source: 'lexamoris', anchor: 'LEX', id };
  return JSON.stringify({ type: 'repository_event', ...common, event_type: 'commit', data });
}

async function microseconds(action: () => void | Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await action();
  return ((performance.now() - startedMs) * 1_000) / sample;
}

function handle(seen: SeenMessages, ids: readonly string[]): void {
  for (const id of ids) {
    seen.claim(id);
    seen.settle(id);
  }
}

async function main(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'resonance-repeats-'));
  const seen = await SeenMessages.open({ directory, clock: createSystemClock(), logger: silentLogger });
  for (const known of [0, 200_000, 1_000_000]) {
    while (seen.size < known) {
      handle(seen, Array.from({ length: sample }, createId));
      await seen.persist();
    }
    const ids = Array.from({ length: sample }, createId);
    const texts = ids.map(textOf);
    const parse = await microseconds(() => {
      for (const text of texts) JSON.parse(text);
    });
    const validate = await microseconds(() => {
      for (const text of texts) parseMessage(text);
    });
    const find = await microseconds(() => handle(seen, ids));
    const write = await microseconds(() => seen.persist());
    console.log(
      `${known} ids known: JSON.parse ${parse.toFixed(2)} µs, with validation ${validate.toFixed(2)}, repeats ${find.toFixed(2)}, writing ids ${write.toFixed(2)}; ${(seen.sizeBytes / 2 ** 20).toFixed(1)} MiB`,
    );
  }
  await seen.close();
  await rm(directory, { recursive: true });
}

await main();
