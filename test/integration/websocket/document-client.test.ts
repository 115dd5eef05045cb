import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket as BrowserWebSocket } from 'ws';
import type { Envelope } from '../../../src/shared/envelope.js';
import { Waiter } from '../../support/waiter.js';
import { startServer, type TestServer } from '../../support/websocket/test-server.js';
import { TestSocket } from '../../support/websocket/test-socket.js';

/** The JavaScript client of the user's document, to the letter. */
const documentClient = `
const ws = new WebSocket('ws://localhost:8765');

ws.onopen = () => {
    // Send frequency sync
    ws.send(JSON.stringify({
        type: 'frequency_sync',
        frequency: 0.043,
        's_roi': 0.5020,
        anchor: 'BOLZANO_71'
    }));
};

ws.onmessage = (event) => {
    const message = JSON.parse(event.data);
    console.log('Received:', message);
};
`;

/** As little as clients have been known to send. */
const fiveTypes = [
  '{"type":"state_update","anchor":"TEST","data":{"frequency":0.043,"s_roi":0.502,"status":"supraleitend"}}',
  '{"type":"frequency_sync","frequency":0.043,"s_roi":0.502,"anchor":"BOLZANO_71"}',
  '{"type":"s_roi_update","s_roi":0.502,"anchor":"BOLZANO_71"}',
  '{"type":"repository_event","event_type":"commit","data":{"sha":"abc123"},"source":"lexamoris"}',
  '{"type":"heartbeat","anchor":"TEST"}',
];

const cleanups: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serve(onEnvelope: (envelope: Envelope) => void): Promise<TestServer> {
  const server = await startServer({ onEnvelope });
  cleanups.push(() => server.close());
  return server;
}

describe("the user's document's client", () => {
  it('works unchanged, but for the port', async () => {
    const envelopes: Envelope[] = [];
    const server = await serve((envelope) => envelopes.push(envelope));
    const printed: [label: string, message: Record<string, unknown>][] = [];
    const waiter = new Waiter();
    const console = {
      log: (label: string, message: Record<string, unknown>) => {
        printed.push([label, message]);
        waiter.check();
      },
    };
    // Node has no global WebSocket before version 22; the one of ws has the browser's interface.
    class WebSocket extends BrowserWebSocket {
      constructor(url: string) {
        super(url.replace('8765', String(server.port)));
        cleanups.push(() => this.terminate());
      }
    }
    new Function('WebSocket', 'console', documentClient)(WebSocket, console);
    await waiter.until(() => printed.length === 2);
    expect(printed.map(([label, { type }]) => [label, type])).toEqual([
      ['Received:', 'state_update'],
      ['Received:', 'ack'],
    ]);
    expect(printed[1]?.[1]).toMatchObject({ original_type: 'frequency_sync' });
    expect(envelopes.map(({ message }) => message)).toEqual([
      { type: 'frequency_sync', frequency: 0.043, s_roi: 0.502, anchor: 'BOLZANO_71' },
    ]);
  });

  it.each(fiveTypes)('may send %s', async (text) => {
    const envelopes: Envelope[] = [];
    const server = await serve((envelope) => envelopes.push(envelope));
    const [sender, other] = [await TestSocket.open(server.url), await TestSocket.open(server.url)];
    cleanups.push(
      () => sender.terminate(),
      () => other.terminate(),
    );
    await Promise.all([sender.next(), other.next()]);
    sender.sendText(text);
    const { type } = JSON.parse(text) as { type: string };
    if (type === 'heartbeat') {
      expect(await sender.next()).toMatchObject({ type: 'heartbeat', anchor: 'BOLZANO_71' });
    } else {
      expect(await sender.next()).toMatchObject({ type: 'ack', original_type: type });
      expect(await other.nextText()).toBe(text);
    }
    expect(envelopes.map((envelope) => envelope.text)).toEqual([text]);
  });
});
