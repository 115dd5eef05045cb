import { LogBuffer } from '../../src/main/monitor/log-buffer.js';
import { Monitor } from '../../src/main/monitor/monitor.js';
import { createSystemClock } from '../../src/main/system-clock.js';
import type { Envelope } from '../../src/shared/envelope.js';
import { emptyMessageFilter, type FeedBatch } from '../../src/shared/feed.js';
import { isReply } from '../../src/shared/message.js';
import { parseMessage } from '../../src/shared/parse-message.js';

/*
 * What watching the mesh costs: `Monitor.observe` for every message, and the feed's flushes on top of it, each as a
 * ratio to JSON.parse of the same messages in the same run.
 */

const messageCount = 100_000;
const rounds = 9;
const messagesPerFlush = 10_000;

const clock = createSystemClock();
const nodes = ['lexamoris', 'nexus', 'aurora', 'borealis'];
const unused = (): never => {
  throw new Error('not part of this benchmark');
};

function textOf(index: number): string {
  const node = nodes[index % nodes.length] ?? 'nexus';
  const timestamp = new Date(Date.now() + index).toISOString();
  const common = { timestamp, source: node, anchor: `ANCHOR_${node}` };
  const values = { frequency: 0.043 + (index % 7) / 10_000, s_roi: 0.502 };
  switch (index % 5) {
    case 0:
      return JSON.stringify({
        type: 'state_update',
        ...common,
        data: { ...values, status: 'supraleitend', anchor: 'BOLZANO_71', connected_nodes: nodes },
      });
    case 1:
      return JSON.stringify({ type: 'frequency_sync', ...common, ...values });
    case 2:
      return JSON.stringify({ type: 's_roi_update', ...common, s_roi: 0.502 });
    case 3:
      return JSON.stringify({
        type: 'repository_event',
        ...common,
        event_type: 'commit',
        data: { sha: 'abc123', message: 'Update resonance frequency', author: 'hannesmitterer' },
      });
    default:
      return JSON.stringify({ type: 'heartbeat', ...common, ...values });
  }
}

function envelopeOf(text: string, index: number): Envelope {
  const result = parseMessage(text);
  if (!result.ok || isReply(result.message)) throw new Error('not a message');
  return {
    message: result.message,
    direction: 'in',
    transport: 'kafka',
    node: result.message.source ?? null,
    text,
    byteLength: text.length,
    atMs: Date.now(),
    kafka: { topic: 'resonance.state.sync', partition: index % 3, offset: String(index) },
    key: null,
    headers: {},
  };
}

function createMonitor(): Monitor {
  return new Monitor({
    clock,
    logs: new LogBuffer(),
    nodes: { self: 'resonance', peers: { nexus: { topic: 'resonance.nexus' } }, heartbeatIntervalMs: 1_000 },
    history: { maxMessages: 50_000, maxBytes: 67_108_864 },
    links: () => ({ websocket: null, roundTripMs: null, inboundConnections: 0 }),
    status: unused,
    doctor: () => null,
    receipts: () => [],
  });
}

function microsecondsPerMessage(run: () => void): number {
  globalThis.gc?.();
  const startMs = clock.monotonicMs();
  run();
  return ((clock.monotonicMs() - startMs) * 1_000) / messageCount;
}

const median = (values: number[]): number =>
  values.sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;

const texts = Array.from({ length: messageCount }, (_, index) => textOf(index));
// Each message has its own envelope, as on the wire; made beforehand, because the hub makes them, not the monitor.
const envelopes = texts.map(envelopeOf);

const monitor = createMonitor();
monitor.start();
let sink = 0;
const parse = (): void => {
  for (const text of texts) sink += (JSON.parse(text) as { type: string }).type.length;
};
const observe = (): void => {
  for (const envelope of envelopes) monitor.observe(envelope);
};

// As a transport makes them: what the monitor keeps of a new message the garbage collector moves, and that is its cost too.
const bytes = texts.map((text) => Buffer.from(text));
const read = (): void => {
  for (const [index, message] of bytes.entries()) sink += envelopeOf(message.toString(), index).byteLength;
};
const readAndObserve = (): void => {
  for (const [index, message] of bytes.entries()) monitor.observe(envelopeOf(message.toString(), index));
};

/** The same with rows collected as a listening window has it: a flush for every 10,000 messages (20 a second at 200,000 a second). */
const collectFor = (text: string) => (): void => {
  const matches =
    text === '' ? null : (message: { text: string }) => message.text.toLowerCase().includes(text);
  let after = monitor.history.newestSequence;
  for (let index = 0; index < messageCount; index += 1) {
    const envelope = envelopes[index];
    if (envelope !== undefined) monitor.observe(envelope);
    if ((index + 1) % messagesPerFlush !== 0) continue;
    const { rows, omitted } = monitor.history.collect(after, matches, 200, 20_000);
    after = monitor.history.newestSequence;
    const batch: FeedBatch = {
      sequence: 1,
      atMs: Date.now(),
      rows,
      rowsOmitted: omitted,
      nodes: monitor.nodes.views(),
    };
    sink += JSON.stringify(batch).length;
  }
};

const runs = {
  parse,
  'read new messages': read,
  'read new messages + observe': readAndObserve,
  observe,
  'observe + flushes': collectFor(''),
  'observe + flushes, text filter': collectFor('nexus'),
};
const figures = new Map<string, number[]>();
for (let round = 0; round < rounds; round += 1) {
  for (const [name, run] of Object.entries(runs)) {
    figures.set(name, [...(figures.get(name) ?? []), microsecondsPerMessage(run)]);
  }
}

const floor = median(figures.get('parse') ?? []);
console.log(
  `monitor, ${messageCount} messages of ${Math.round(texts.join('').length / messageCount)} bytes, median of ${rounds} rounds`,
);
console.log(`  JSON.parse                       ${floor.toFixed(3)} us/message   1.00`);
for (const name of Object.keys(runs).slice(1)) {
  const value = median(figures.get(name) ?? []);
  console.log(`  ${name.padEnd(32)} ${value.toFixed(3)} us/message   ${(value / floor).toFixed(2)}`);
}

for (const [label, text] of [
  ['everything', ''],
  ['a text that is in none', 'no such text'],
] as const) {
  const startMs = clock.monotonicMs();
  let longestMs = 0;
  let lastMs = startMs;
  const probe = setInterval(() => {
    longestMs = Math.max(longestMs, clock.monotonicMs() - lastMs);
    lastMs = clock.monotonicMs();
  }, 1);
  await monitor.history.page({
    filter: { ...emptyMessageFilter, text },
    before: null,
    after: null,
    limit: 200,
  });
  clearInterval(probe);
  const tookMs = clock.monotonicMs() - startMs;
  console.log(
    `  a page of 50,000, ${label}: ${tookMs.toFixed(1)} ms, longest hold of the event loop ${longestMs.toFixed(1)} ms`,
  );
}
monitor.stop();
if (sink === 0) process.exitCode = 1;
