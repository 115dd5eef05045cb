import { createSystemClock } from '../../../src/main/system-clock.js';
import {
  ResonanceWebSocketServer,
  type WebSocketServerOptions,
} from '../../../src/main/websocket/resonance-websocket-server.js';
import { Waiter } from '../waiter.js';
import { createRecordingLogger, type RecordedLine } from './recording-logger.js';

export interface TestServer {
  readonly server: ResonanceWebSocketServer;
  readonly url: string;
  readonly port: number;
  readonly logs: readonly RecordedLine[];
  /** Resolves once the condition holds; looked at whenever a client comes, goes or is identified. */
  until(condition: () => boolean): Promise<void>;
  close(): Promise<void>;
}

/** The server on a free loopback port. */
export async function startServer(options: Partial<WebSocketServerOptions> = {}): Promise<TestServer> {
  const logs: RecordedLine[] = [];
  const waiter = new Waiter();
  const server = new ResonanceWebSocketServer({
    port: 0,
    identity: { name: 'resonance', anchor: 'BOLZANO_71' },
    readState: () => ({ frequency: 0.043, s_roi: 0.502 }),
    clock: createSystemClock(),
    logger: createRecordingLogger(logs),
    onEnvelope: () => undefined,
    ...options,
    onConnectionsChange: () => {
      options.onConnectionsChange?.();
      waiter.check();
    },
  });
  const { url, port } = await server.start();
  return {
    server,
    url,
    port,
    logs,
    until: (condition) => waiter.until(condition),
    close: () => server.close(),
  };
}
