import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileFilter } from '../../../src/main/monitor/message-filter.js';
import { MessageHistory } from '../../../src/main/monitor/message-history.js';
import { fieldBytes } from '../../../src/main/monitor/message-store.js';
import type { Envelope } from '../../../src/shared/envelope.js';
import { emptyMessageFilter, type MessageFilter } from '../../../src/shared/feed.js';
import type { Message } from '../../../src/shared/message.js';
import { envelopeOf, startMs } from './fixture.js';

const clock = { monotonicMs: () => performance.now() };

function createHistory(maxMessages = 1_000, maxBytes = 1_048_576): MessageHistory {
  return new MessageHistory({ maxMessages, maxBytes, clock });
}

const everything = { filter: emptyMessageFilter, before: null, after: null, limit: 100 };

const message: fc.Arbitrary<Message> = fc.oneof(
  fc.constant<Message>({ type: 'heartbeat' }),
  fc.record({ type: fc.constant('s_roi_update' as const), s_roi: fc.nat(9) }),
  fc.record({
    type: fc.constant('repository_event' as const),
    event_type: fc.constantFrom('push', 'PUSH', 'tag'),
  }),
);
const envelope: fc.Arbitrary<Envelope> = fc
  .record({
    message,
    node: fc.constantFrom('nexus', 'lexamoris', null),
    topic: fc.constantFrom('resonance.inbound', 'resonance.state.sync', null),
    padding: fc.nat(400),
    letter: fc.constantFrom('p', 'é', '→', '\ud83d\ude00'),
  })
  .map(({ message, node, topic, padding, letter }) =>
    envelopeOf({ ...message, padding: letter.repeat(padding) }, startMs, {
      node,
      transport: topic === null ? 'websocket' : 'kafka',
      ...(topic === null ? {} : { kafka: { topic, partition: 0, offset: '5' } }),
    }),
  );
const filter: fc.Arbitrary<MessageFilter> = fc.record({
  types: fc.subarray(['heartbeat', 's_roi_update', 'repository_event'] as const),
  topics: fc.subarray(['resonance.inbound', 'resonance.state.sync']),
  nodes: fc.subarray(['nexus', 'lexamoris']),
  transports: fc.subarray(['kafka', 'websocket'] as const),
  profiles: fc.subarray(['', 'watched']),
  text: fc.constantFrom('', '', 'push', 'no such', 'PÉ', 'éé', '→→', '\ud83d'),
  muteHeartbeats: fc.boolean(),
});

/** The profile that an envelope of the arbitrary came over. */
function profileOf({ byteLength }: Envelope): string {
  return byteLength % 3 === 0 ? 'watched' : '';
}

/** The same by brute force: every message ever, and a plain reading of the filter. */
function matches(envelope: Envelope, wanted: MessageFilter): boolean {
  const { message, node, transport, kafka, text } = envelope;
  return (
    (wanted.profiles.length === 0 ||
      (transport === 'kafka' && wanted.profiles.includes(profileOf(envelope)))) &&
    !(wanted.muteHeartbeats && message.type === 'heartbeat') &&
    (wanted.types.length === 0 || wanted.types.includes(message.type)) &&
    (wanted.topics.length === 0 || wanted.topics.includes(kafka?.topic ?? '')) &&
    (wanted.nodes.length === 0 || wanted.nodes.includes(node ?? '')) &&
    (wanted.transports.length === 0 || wanted.transports.includes(transport)) &&
    text.toLowerCase().includes(wanted.text.toLowerCase())
  );
}

/** One byte a character, or two where one of them needs it. */
function storedBytes(text: string): number {
  return text.length * ([...text].every((character) => character <= '\xff') ? 1 : 2);
}

describe('the message history', () => {
  test('pages like a list of the newest messages, whatever was kept, filtered and asked for', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(envelope, { maxLength: 60 }),
        fc.integer({ min: 1, max: 25 }),
        fc.integer({ min: 500, max: 12_000 }),
        filter,
        fc.option(fc.nat(70)),
        fc.option(fc.nat(70)),
        fc.integer({ min: 1, max: 12 }),
        async (envelopes, maxMessages, maxBytes, wanted, before, after, limit) => {
          const history = createHistory(maxMessages, maxBytes);
          for (const envelope of envelopes) history.append(envelope, envelope.node, profileOf(envelope));
          const { messages, bytes, dropped } = history.size;
          const ofKafka = envelopes.slice(dropped).filter(({ transport }) => transport === 'kafka');
          expect([...history.profiles].sort()).toEqual([...new Set(ofKafka.map(profileOf))].sort());
          expect(messages + dropped).toBe(envelopes.length);
          expect(messages).toBeLessThanOrEqual(maxMessages);
          // One message alone is kept even if it is bigger than all memory for them.
          if (messages > 1) expect(bytes).toBeLessThanOrEqual(maxBytes);

          // Nothing is dropped that would have fitted.
          const lastDropped = envelopes[dropped - 1];
          if (lastDropped !== undefined && messages < maxMessages) {
            expect(bytes + fieldBytes + storedBytes(lastDropped.text)).toBeGreaterThan(maxBytes);
          }

          const kept = envelopes
            .map((envelope, index) => ({ envelope, sequence: index + 1 }))
            .filter(({ sequence }) => sequence > dropped)
            .filter(({ envelope }) => matches(envelope, wanted))
            .map(({ sequence }) => sequence);
          const inRange =
            after !== null
              ? kept.filter((sequence) => sequence > after)
              : kept.filter((sequence) => before === null || sequence < before);
          const expected = after !== null ? inRange.slice(0, limit) : inRange.slice(-limit);
          const page = await history.page({ filter: wanted, before, after, limit });
          expect(page.rows.map(({ sequence }) => sequence)).toEqual(expected);
          const cut = inRange.length > limit;
          expect(page.hasOlder).toBe(after !== null ? kept.some((sequence) => sequence <= after) : cut);
          expect(page.hasNewer).toBe(
            after !== null ? cut : before !== null && kept.some((sequence) => sequence >= before),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  test('collects new rows like a list, and counts what it leaves out', () => {
    fc.assert(
      fc.property(
        fc.array(envelope, { maxLength: 60 }),
        fc.integer({ min: 1, max: 40 }),
        filter,
        fc.nat(70),
        fc.integer({ min: 1, max: 12 }),
        (envelopes, maxMessages, wanted, after, limit) => {
          const history = createHistory(maxMessages);
          for (const envelope of envelopes) history.append(envelope, envelope.node, profileOf(envelope));
          const fresh = envelopes
            .map((envelope, index) => ({ envelope, sequence: index + 1 }))
            .filter(({ sequence }) => sequence > after);
          const kept = fresh.filter(({ sequence }) => sequence > history.size.dropped);
          const matching = kept.filter(({ envelope }) => matches(envelope, wanted));
          const { rows, omitted } = history.collect(after, compileFilter(wanted), limit, 1_000);
          expect(rows.map(({ sequence }) => sequence)).toEqual(
            matching.slice(-limit).map(({ sequence }) => sequence),
          );
          // What was dropped unseen counts too: nobody can tell whether it matched.
          expect(omitted).toBe(matching.length - rows.length + (fresh.length - kept.length));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('keeps the newest that fit when its bounds change, again and again', () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ add: fc.nat(400) }) },
      {
        weight: 1,
        arbitrary: fc.record({
          maxMessages: fc.integer({ min: 1, max: 12 }),
          maxBytes: fc.integer({ min: 1, max: 6_000 }),
        }),
      },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const history = createHistory(5, 3_000);
        let bounds = { maxMessages: 5, maxBytes: 3_000 };
        let count = 0;
        let kept: number[] = [];
        const sizeOf = (sequence: number): number =>
          fieldBytes + (history.detail(sequence)?.row.byteLength ?? 0);
        for (const step of steps) {
          if ('add' in step) {
            count += 1;
            const padding = `${count}-`.padEnd(step.add, 'p');
            history.append(envelopeOf({ type: 'heartbeat', padding }, startMs), null);
            kept.push(count);
          } else {
            bounds = step;
            history.resize(bounds);
          }
          const { messages, bytes, dropped } = history.size;
          kept = kept.slice(-Math.max(messages, 0));
          if (messages === 0) kept = [];
          expect(messages).toBeLessThanOrEqual(bounds.maxMessages);
          expect(dropped).toBe(count - messages);
          expect(bytes).toBe(kept.reduce((sum, sequence) => sum + sizeOf(sequence), 0));
          if (messages > 1) expect(bytes).toBeLessThanOrEqual(bounds.maxBytes);
          for (const sequence of kept) expect(history.detail(sequence)?.text).toContain(`"${sequence}-`);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('shows a message in a row and in full', async () => {
    const history = createHistory();
    const sent: Message = {
      type: 'repository_event',
      event_type: 'commit',
      data: { text: 'x'.repeat(500) },
      timestamp: '2026-01-13T02:00:00.250+00:00',
    };
    const envelope = envelopeOf(sent, startMs, {
      transport: 'kafka',
      node: 'nexus',
      kafka: { topic: 'resonance.inbound', partition: 2, offset: '9007199254740993' },
      key: 'k',
      headers: { trace: 'abc' },
    });
    history.append(envelope, 'nexus', 'watched');
    const row = {
      sequence: 1,
      atMs: startMs,
      direction: 'in',
      transport: 'kafka',
      type: 'repository_event',
      node: 'nexus',
      topic: 'resonance.inbound',
      partition: 2,
      offset: '9007199254740993',
      profile: 'watched',
      byteLength: envelope.byteLength,
      latencyMs: 250,
      preview: envelope.text.slice(0, 200),
    };
    expect((await history.page(everything)).rows).toEqual([row]);
    expect(history.detail(1)).toEqual({
      row,
      text: envelope.text,
      key: 'k',
      headers: { trace: 'abc' },
    });
    expect(history.detail(2)).toBeNull();
  });

  test('gives other work its turn during a long search, and bears messages coming and going meanwhile', async () => {
    let nowMs = 0;
    let turns = 0;
    const history: MessageHistory = new MessageHistory({
      maxMessages: 5_000,
      maxBytes: 16_777_216,
      clock: {
        monotonicMs: () => {
          nowMs += 3;
          return nowMs;
        },
      },
      pause: async () => {
        turns += 1;
        // All that the search has yet to see is overwritten.
        if (turns === 3) for (let index = 0; index < 5_000; index += 1) history.append(filler, null);
      },
    });
    const filler = envelopeOf({ type: 'heartbeat' }, startMs);
    for (let index = 0; index < 5_000; index += 1) history.append(filler, null);
    const page = await history.page({ ...everything, filter: { ...emptyMessageFilter, text: 'nowhere' } });
    expect(page).toEqual({ rows: [], hasOlder: false, hasNewer: false });
    expect(turns).toBe(3);
  });
});
