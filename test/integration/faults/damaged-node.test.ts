import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { filesIn } from '../../support/faults/damage.js';
import { type NodeProcess, NodeProcesses } from '../../support/faults/node-process.js';
import { untilSent } from '../../support/faults/until-sent.js';

const peers = { nexus: { websocket: 'ws://127.0.0.1:9', topic: 'resonance.nexus' }, lexamoris: null };

let processes: NodeProcesses;
let dataDirectory: string;

beforeAll(async () => {
  processes = await NodeProcesses.prepare();
  dataDirectory = await mkdtemp(join(tmpdir(), 'resonance-damaged-'));
});
afterAll(async () => {
  await processes.close();
  await rm(dataDirectory, { recursive: true, force: true });
});

/** Resolves once they are delivered or failed. */
async function sendEvents(node: NodeProcess): Promise<{ readonly failed: number }> {
  for (let event = 0; event < 5; event += 1) {
    const fields = { event_type: `event-${event}`, data: { text: 'x'.repeat(200) } };
    await node.execute('compose.send', { type: 'repository_event', fields, target: 'nexus', via: 'kafka' });
  }
  return untilSent(node);
}

async function stop(node: NodeProcess): Promise<void> {
  node.signal('SIGTERM');
  expect(await node.ended, node.log()).toBe(0);
}

it.each(['a flipped bit in the middle', 'its second half missing', 'nothing in it'] as const)(
  'a node starts and sends when every file of its data folder but the settings has %s, and says what is damaged',
  async (damage) => {
    const first = await processes.start({ dataDirectory, settings: { peers } });
    expect(await sendEvents(first)).toMatchObject({ failed: 0 });
    await first.execute('settings.update', { 'log.level': 'info' });
    await stop(first);
    const files = (await filesIn(dataDirectory)).filter((file) => file !== 'settings.json');
    expect(files.length).toBeGreaterThan(8);
    for (const file of files) {
      const path = join(dataDirectory, file);
      const content = await readFile(path);
      const middle = content.length >> 1;
      if (content.length === 0) continue;
      if (damage === 'nothing in it') await writeFile(path, '');
      else if (damage === 'its second half missing') await writeFile(path, content.subarray(0, middle));
      else {
        content.writeUInt8(content.readUInt8(middle) ^ 4, middle);
        await writeFile(path, content);
      }
    }
    const second = await processes.start({ dataDirectory, settings: { peers } });
    expect(await sendEvents(second)).toMatchObject({ failed: 0 });
    expect(second.log()).toMatch(/damaged|cut|missing|not what was written/);
    await stop(second);
  },
  60_000,
);
