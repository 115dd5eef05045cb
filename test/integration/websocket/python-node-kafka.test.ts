import { afterEach, describe, expect, it } from 'vitest';
import { startTestBroker } from '../../support/embedded-broker.js';
import { startPythonNode, whyNoPythonNode } from '../../support/python-node.js';

const reason = await whyNoPythonNode();
if (reason !== null) console.warn(`Skipped: a Python node over Kafka: ${reason}`);

const cleanups: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe.skipIf(reason !== null)('a Python node over Kafka', () => {
  it('sends the five types and reads what is addressed to it', async () => {
    const broker = await startTestBroker();
    cleanups.push(() => broker.close());
    const node = await startPythonNode(['--name', 'nexus', '--kafka', `${broker.host}:${broker.port}`]);
    cleanups.push(() => node.stop());
    const calls = [
      ['send_state_update', [{ frequency: 0.043 }]],
      ['send_frequency_sync', []],
      ['send_s_roi_update', [0.6]],
      ['send_heartbeat', []],
      ['send_repository_event', ['commit', { sha: 'abc123' }, 'resonance.nexus']],
    ] as const;
    for (const [method, args] of calls) node.command({ command: 'kafka', method, args });
    expect(await node.received('kafka', 'state_update')).toMatchObject({ data: { frequency: 0.043 } });
    expect(await node.received('kafka', 's_roi_update')).toMatchObject({ s_roi: 0.6 });
    expect(await node.received('kafka', 'heartbeat')).toMatchObject({ anchor: 'BOLZANO_71' });
    expect(await node.received('kafka', 'repository_event')).toMatchObject({ source: 'nexus' });
    await node.event(({ event, topic }) => event === 'produced' && topic === 'resonance.nexus');
    const produced = node.events.filter(({ event }) => event === 'produced');
    expect(produced.map(({ topic }) => topic)).toEqual([
      ...Array.from({ length: 4 }, () => 'resonance.state.sync'),
      'resonance.nexus',
    ]);
  });
});
