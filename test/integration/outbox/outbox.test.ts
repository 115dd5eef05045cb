import { copyFileSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openFileJournal } from '../../../src/main/outbox/file-journal.js';
import {
  type FailedCopy,
  Outbox,
  type OutboxOptions,
  type SendCopy,
} from '../../../src/main/outbox/outbox.js';
import type { OutboxDeadLetter, OutboxItem } from '../../../src/main/outbox/outbox-record.js';
import { createSystemClock } from '../../../src/main/system-clock.js';
import { ResonanceError, toErrorReport } from '../../../src/shared/errors.js';
import type { Receipt } from '../../../src/shared/feed.js';
import { ManualClock } from '../../support/manual-clock.js';
import { silentLogger } from '../../support/silent-logger.js';

let directory: string;
const open: Outbox[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'resonance-outbox-'));
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((outbox) => outbox.close()));
  await rm(directory, { recursive: true });
});

interface Harness {
  readonly outbox: Outbox;
  readonly receipts: Receipt[];
}

async function openOutbox(
  send: Partial<Record<'kafka' | 'websocket', SendCopy>>,
  options: Partial<OutboxOptions> = {},
): Promise<Harness> {
  const receipts: Receipt[] = [];
  const refuse: SendCopy = () =>
    Promise.reject(new ResonanceError('KAFKA_UNREACHABLE', 'down', { retriable: true }));
  const outbox = new Outbox({
    journal: options.journal ?? (await openFileJournal(directory, silentLogger)),
    send: { kafka: refuse, websocket: refuse, ...send },
    clock: createSystemClock(),
    random: () => 0,
    logger: silentLogger,
    onReceipt: (receipt) => receipts.push(receipt),
    maxEntries: 3,
    ...options,
  });
  open.push(outbox);
  await outbox.open();
  return { outbox, receipts };
}

function createItem(id: string, via: 'kafka' | 'websocket' = 'kafka'): OutboxItem {
  return {
    id,
    atMs: Date.now(),
    target: null,
    message: { type: 's_roi_update', s_roi: 0.6, id },
    destinations: [{ via, destination: 'resonance.state.sync' }],
  };
}

/** Sends that the test lets through or refuses one by one. */
function createGate() {
  const waiting: { id: string | undefined; resolve: () => void; reject: (error: unknown) => void }[] = [];
  let arrived = (): void => undefined;
  const send: SendCopy = (message, topic) =>
    new Promise((resolve, reject) => {
      waiting.push({ id: message.id, resolve: () => resolve({ topic, partition: 0, offset: '7' }), reject });
      arrived();
    });
  const next = async () => {
    while (waiting.length === 0) {
      await new Promise<void>((resolve) => {
        arrived = resolve;
      });
    }
    const send = waiting.shift();
    if (send === undefined) throw new Error('nothing waits');
    return send;
  };
  return { send, next };
}

describe('Outbox', () => {
  test('delivers a message and shows each phase of its receipt', async () => {
    const gate = createGate();
    const { outbox, receipts } = await openOutbox({ kafka: gate.send });
    const queued = await outbox.submit(createItem('a'));
    (await gate.next()).resolve();
    const settled = queued.deliveries[0]?.phase === 'delivered' ? queued : await outbox.settled('a');
    expect(settled.deliveries).toEqual([
      {
        via: 'kafka',
        destination: 'resonance.state.sync',
        phase: 'delivered',
        attempts: 1,
        topic: 'resonance.state.sync',
        partition: 0,
        offset: '7',
      },
    ]);
    expect(receipts.map((receipt) => receipt.deliveries[0]?.phase)).toEqual([
      'queued',
      'sending',
      'delivered',
    ]);
    expect(outbox.counts()).toEqual({ queued: 0, inFlight: 0, failed: 0 });
  });

  test('keeps what was not delivered for the next run, in order, and nothing that was', async () => {
    const first = createGate();
    const { outbox } = await openOutbox({ kafka: first.send });
    for (const id of ['a', 'b', 'c']) await outbox.submit(createItem(id));
    (await first.next()).resolve();
    await outbox.settled('a');
    await outbox.close();

    const second = createGate();
    const { outbox: reopened, receipts: told } = await openOutbox({ kafka: second.send });
    for (const id of ['b', 'c']) {
      const send = await second.next();
      expect(send.id).toBe(id);
      send.resolve();
      await reopened.settled(id);
    }
    expect(reopened.receipts().map((receipt) => receipt.id)).toEqual(['b', 'c']);
    expect(told.slice(0, 2).map(({ id, deliveries }) => [id, deliveries[0]?.phase])).toEqual([
      ['b', 'queued'],
      ['c', 'queued'],
    ]);
  });

  test('tries again after a failure that may pass, and keeps the order of its lane', async () => {
    const gate = createGate();
    const { outbox } = await openOutbox({ kafka: gate.send });
    await outbox.submit(createItem('a'));
    await outbox.submit(createItem('b'));
    (await gate.next()).reject(new ResonanceError('KAFKA_TIMEOUT', 'slow', { retriable: true }));
    const again = await gate.next();
    expect(again.id).toBe('a');
    again.resolve();
    expect((await outbox.settled('a')).deliveries[0]).toMatchObject({ phase: 'delivered', attempts: 2 });
    (await gate.next()).resolve();
    await outbox.settled('b');
  });

  test('marks what cannot succeed as failed, goes on with the rest, and sends it again when asked', async () => {
    const gate = createGate();
    const { outbox } = await openOutbox({ kafka: gate.send });
    await outbox.submit(createItem('a'));
    await outbox.submit(createItem('b'));
    (await gate.next()).reject(new ResonanceError('KAFKA_MESSAGE_TOO_LARGE', 'too large'));
    expect((await outbox.settled('a')).deliveries[0]).toMatchObject({
      phase: 'failed',
      error: { code: 'KAFKA_MESSAGE_TOO_LARGE' },
    });
    (await gate.next()).resolve();
    await outbox.settled('b');
    expect(outbox.counts()).toEqual({ queued: 0, inFlight: 0, failed: 1 });
    await outbox.retry('a');
    (await gate.next()).resolve();
    expect((await outbox.settled('a')).deliveries[0]?.phase).toBe('delivered');
  });

  test('gives up a copy for a peer that did not come back within its lifetime', async () => {
    const clock = new ManualClock();
    const { outbox } = await openOutbox({}, { clock, random: () => 0.5 });
    await outbox.submit(createItem('a', 'websocket'));
    await clock.advanceSlowly(299_000, 1_000);
    expect(outbox.counts()).toMatchObject({ failed: 0 });
    await clock.advanceSlowly(60_000, 1_000);
    expect((await outbox.settled('a')).deliveries[0]?.phase).toBe('failed');
  });

  test('counts a copy’s lifetime by running time: a clock ten years ahead gives nothing up', async () => {
    const gate = createGate();
    const { outbox } = await openOutbox({ websocket: gate.send });
    const item = { ...createItem('a', 'websocket'), atMs: Date.now() - 10 * 365 * 86_400_000 };
    await outbox.submit(item);
    (await gate.next()).reject(new ResonanceError('WEBSOCKET_TIMEOUT', 'no ack', { retriable: true }));
    (await gate.next()).resolve();
    expect((await outbox.settled('a')).deliveries[0]).toMatchObject({ phase: 'delivered', attempts: 2 });
  });

  test('begins its pauses anew only after 30 s of success', async () => {
    const clock = new ManualClock();
    const triesAtMs: number[] = [];
    let isDown = true;
    const send: SendCopy = async () => {
      triesAtMs.push(clock.monotonicMs());
      if (isDown) throw new ResonanceError('KAFKA_UNREACHABLE', 'down', { retriable: true });
      return {};
    };
    const { outbox } = await openOutbox({ kafka: send }, { clock, random: () => 0.999 });
    /** Pause before the second try of a message that fails once more. */
    const pauseOf = async (id: string): Promise<number> => {
      isDown = true;
      triesAtMs.length = 0;
      await outbox.submit(createItem(id));
      await clock.advanceSlowly(250_000, 50);
      const [first = 0, second = 0] = triesAtMs;
      isDown = false;
      await clock.advanceSlowly(31_000, 50);
      await outbox.settled(id);
      return second - first;
    };
    expect(await pauseOf('a')).toBeLessThan(600);
    expect(await pauseOf('b')).toBeGreaterThan(29_000);
    await clock.advanceSlowly(31_000, 1_000);
    expect(await pauseOf('c')).toBeLessThan(600);
  });

  test('tells why a copy is not taken while it is still being sent, once a reason, and keeps it until it is', async () => {
    const refused = new ResonanceError('KAFKA_FAILED', 'too few replicas', { retriable: true });
    const report = toErrorReport(refused);
    const delivered = createGate();
    let tries = 0;
    const { outbox, receipts } = await openOutbox({
      kafka: (message, topic, attempt) => {
        tries += 1;
        if (tries > 1) return delivered.send(message, topic, attempt);
        attempt.onRefused(report);
        attempt.onRefused(report);
        return Promise.reject(refused);
      },
    });
    await outbox.submit(createItem('a'));
    (await delivered.next()).resolve();
    await outbox.settled('a');
    const told = receipts.flatMap(({ deliveries }) =>
      deliveries.map(({ phase, error }) => `${phase}: ${error?.message ?? ''}`),
    );
    expect(told).toEqual([
      'queued: ',
      'sending: ',
      'sending: too few replicas',
      'queued: too few replicas',
      'sending: too few replicas',
      'delivered: ',
    ]);
  });

  test('puts a dead letter on the disk in the same step as the failure, and sends it over a restart', async () => {
    const failedCopies: FailedCopy[] = [];
    const createDeadLetter = (failed: FailedCopy): OutboxDeadLetter => {
      failedCopies.push(failed);
      return {
        ...createItem('letter'),
        message: failed.item.message,
        destinations: [{ via: 'kafka', destination: 'dead' }],
        deadLetter: { cause: failed.error.code },
      };
    };
    const first = createGate();
    const { outbox, receipts } = await openOutbox({ websocket: first.send }, { createDeadLetter });
    await outbox.submit(createItem('a', 'websocket'));
    (await first.next()).reject(new ResonanceError('WEBSOCKET_REFUSED', 'unknown type'));
    await outbox.settled('a');
    await outbox.close();
    expect(failedCopies).toMatchObject([
      { item: { id: 'a' }, error: { code: 'WEBSOCKET_REFUSED' }, attempts: 1 },
    ]);

    const sent: unknown[] = [];
    const arrived = new Promise<void>((resolve) => {
      void openOutbox({
        kafka: async (message, destination, { headers }) => {
          sent.push([message.id, destination, headers]);
          resolve();
          return {};
        },
      });
    });
    await arrived;
    expect(sent).toEqual([['a', 'dead', { cause: 'WEBSOCKET_REFUSED' }]]);
    expect(new Set(receipts.map(({ id }) => id))).toEqual(new Set(['a']));
    expect(open[1]?.counts()).toEqual({ queued: 0, inFlight: 0, failed: 1 });
  });

  test('tells of a dead letter once it is on the disk, and once only when the disk refused it before', async () => {
    const journal = await openFileJournal(directory, silentLogger);
    let refusals = 2;
    const append: typeof journal.append = async (records) => {
      if (records[0]?.kind === 'failed' && refusals-- > 0) throw new Error('disk full');
      await journal.append(records);
    };
    const told: unknown[] = [];
    const gate = createGate();
    const { outbox } = await openOutbox(
      {
        websocket: () => Promise.reject(new ResonanceError('WEBSOCKET_REFUSED', 'unknown type')),
        kafka: gate.send,
      },
      {
        journal: { ...journal, append },
        createDeadLetter: ({ error }) => ({ ...createItem('letter'), deadLetter: { cause: error.code } }),
        onDeadLetter: ({ id }) => told.push([id, outbox.deadLetters().map((letter) => letter.id)]),
      },
    );
    await outbox.submit(createItem('a', 'websocket'));
    await outbox.settled('a');
    expect(refusals).toBe(-1);
    expect(told).toEqual([['letter', ['letter']]]);
    (await gate.next()).resolve();
  });

  test('keeps a dead letter that its topic refuses, lets the next ones pass, and tries it again in the next run', async () => {
    const letter = (id: string) => ({ ...createItem(id), deadLetter: { cause: 'HANDLER_FAILED' } });
    const gate = createGate();
    const { outbox } = await openOutbox({ kafka: gate.send });
    await outbox.submitDeadLetter(letter('a'));
    await outbox.submitDeadLetter(letter('b'));
    (await gate.next()).reject(new ResonanceError('KAFKA_MESSAGE_TOO_LARGE', 'too large'));
    const second = await gate.next();
    expect(second.id).toBe('b');
    await outbox.submitDeadLetter(letter('c'));
    await expect(outbox.submitDeadLetter(letter('d'))).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    second.resolve();
    (await gate.next()).resolve();
    await outbox.close();
    const again = createGate();
    const { outbox: reopened } = await openOutbox({ kafka: again.send });
    expect(reopened.deadLetters().map(({ id }) => id)).toEqual(['a']);
    const retried = await again.next();
    expect(retried.id).toBe('a');
    retried.resolve();
  });

  test('puts an edited message in the place of a failed one, for the copies that failed', async () => {
    const gate = createGate();
    const { outbox } = await openOutbox({
      kafka: async () => ({}),
      websocket: gate.send,
    });
    const item = createItem('a', 'websocket');
    await outbox.submit({
      ...item,
      destinations: [...item.destinations, { via: 'kafka', destination: 'topic' }],
    });
    (await gate.next()).reject(new ResonanceError('WEBSOCKET_REFUSED', 'too odd'));
    await outbox.settled('a');
    const change = {
      id: 'b',
      atMs: Date.now(),
      message: { type: 's_roi_update', s_roi: 0.7, id: 'b' },
    } as const;
    await outbox.replace('a', change);
    const again = await gate.next();
    again.resolve();
    expect((await outbox.settled('b')).deliveries).toMatchObject([{ via: 'websocket', phase: 'delivered' }]);
    expect([again.id, outbox.receipt('a')]).toEqual(['b', null]);
    await expect(outbox.replace('a', change)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('does not send again what was delivered while the disk refused to take that down', async () => {
    const journal = await openFileJournal(directory, silentLogger);
    let refusals = 3;
    const sent: unknown[] = [];
    const { outbox } = await openOutbox(
      {
        kafka: async ({ id }) => {
          sent.push(id);
          return { partition: 0, offset: '7' };
        },
      },
      {
        journal: {
          ...journal,
          append: async (records) => {
            const isRefused = records.some(({ kind }) => kind === 'delivered') && refusals-- > 0;
            if (isRefused) throw new ResonanceError('STORAGE_FULL', 'full', { retriable: true });
            await journal.append(records);
          },
        },
      },
    );
    await outbox.submit(createItem('a'));
    await outbox.submit(createItem('b'));
    await outbox.settled('b');
    expect([sent, refusals]).toEqual([['a', 'b'], -2]);
  });

  test('tries again over the next connection when one was replaced under a message', async () => {
    const gate = createGate();
    const { outbox } = await openOutbox({ websocket: gate.send });
    await outbox.submit(createItem('a', 'websocket'));
    (await gate.next()).reject(new ResonanceError('SHUTTING_DOWN', 'the link was closed'));
    (await gate.next()).resolve();
    expect((await outbox.settled('a')).deliveries[0]?.phase).toBe('delivered');
  });

  test('loses nothing that was accepted while its journal was being rewritten', async () => {
    const files = await openFileJournal(directory, silentLogger);
    let rewritten = Promise.resolve();
    let rewrites = 0;
    const { outbox } = await openOutbox(
      { kafka: async () => ({}), websocket: () => new Promise(() => undefined) },
      {
        maxEntries: 10_000,
        compactionSlack: 20,
        journal: {
          ...files,
          // On the disk, and told a little later, as a busy event loop does.
          append: async (records) => {
            await files.append(records);
            if (records.some(({ kind }) => kind === 'queued'))
              await new Promise((resolve) => setTimeout(resolve, 5));
          },
          rewrite: (records) => {
            rewrites += 1;
            rewritten = files.rewrite(records);
            return rewritten;
          },
        },
      },
    );
    const accepted: string[] = [];
    const submitting = Array.from({ length: 400 }, async (_, index) => {
      await new Promise((resolve) => setTimeout(resolve, index * 2));
      const via = index % 5 === 0 ? 'websocket' : 'kafka';
      await outbox.submit(createItem(`${via}-${index}`, via));
      if (via === 'websocket') accepted.push(`${via}-${index}`);
    });
    await Promise.all(submitting);
    expect(rewrites).toBeGreaterThan(0);
    const copy = join(directory, 'copy');
    await mkdir(copy);
    // A rewrite removes files, and a copy of what it leaves halfway is not what a crash would leave.
    for (let seen: unknown; seen !== rewritten; await seen) seen = rewritten;
    for (const name of readdirSync(directory)) {
      if (name.endsWith('.log') || name === 'start.json')
        copyFileSync(join(directory, name), join(copy, name));
    }
    const journal = await openFileJournal(copy, silentLogger);
    const queued = (await journal.read()).flatMap((record) =>
      record.kind === 'queued' ? [record.item.id] : [],
    );
    await journal.close();
    expect(accepted.filter((id) => !queued.includes(id))).toEqual([]);
  });

  test('refuses more than it may hold, and takes messages again once some are discarded', async () => {
    const { outbox } = await openOutbox({ kafka: () => new Promise(() => undefined) });
    for (const id of ['a', 'b', 'c']) await outbox.submit(createItem(id));
    await expect(outbox.submit(createItem('d'))).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    await outbox.discard('a');
    await outbox.submit(createItem('d'));
    await expect(outbox.discard('a')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('waits on closing for what is on its way, and does not send that again in the next run', async () => {
    const gate = createGate();
    const { outbox } = await openOutbox({ kafka: gate.send });
    await outbox.submit(createItem('a'));
    await outbox.submit(createItem('b'));
    const underWay = await gate.next();
    const closed = outbox.close();
    underWay.resolve();
    await closed;
    const sent: unknown[] = [];
    const { outbox: reopened } = await openOutbox({
      kafka: async ({ id }) => {
        sent.push(id);
        return {};
      },
    });
    await reopened.settled('b');
    expect(sent).toEqual(['b']);
  });

  test('tries nothing while it is held, however old it gets, and all of it in the next one', async () => {
    const sent: string[] = [];
    const send: SendCopy = (message, topic) => {
      sent.push(message.id ?? '');
      return Promise.resolve({ topic, partition: 0, offset: '0' });
    };
    const clock = new ManualClock();
    const held = await openOutbox({ kafka: send, websocket: send }, { clock, isHeld: true });
    await held.outbox.submit(createItem('a'));
    await held.outbox.submit(createItem('b', 'websocket'));
    clock.advance(3_600_000);
    held.outbox.kickAll('kafka');
    held.outbox.kickAll('websocket');
    expect(held.outbox.counts()).toMatchObject({ queued: 2, inFlight: 0, failed: 0 });
    await held.outbox.close();
    expect(sent).toEqual([]);
    const next = await openOutbox({ kafka: send, websocket: send });
    await Promise.all([next.outbox.settled('a'), next.outbox.settled('b')]);
    expect(sent.sort()).toEqual(['a', 'b']);
  });

  test('takes nothing once it is closed', async () => {
    const { outbox } = await openOutbox({});
    await outbox.close();
    await expect(outbox.submit(createItem('a'))).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
  });
});
