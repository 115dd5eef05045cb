import { createSystemClock } from '../../../src/main/system-clock.js';
import type { RejectedFrame } from '../../../src/main/websocket/rejected-frame.js';
import {
  ResonanceWebSocketClient,
  type WebSocketClientOptions,
} from '../../../src/main/websocket/resonance-websocket-client.js';
import type { Envelope } from '../../../src/shared/envelope.js';
import type { LinkPhase, LinkState } from '../../../src/shared/feed.js';
import { Waiter } from '../waiter.js';
import { createRecordingLogger, type RecordedLine } from './recording-logger.js';

export interface TestClient {
  readonly client: ResonanceWebSocketClient;
  readonly envelopes: readonly Envelope[];
  readonly rejected: readonly RejectedFrame[];
  readonly links: readonly LinkState[];
  readonly logs: readonly RecordedLine[];
  /** Resolves once the condition holds; looked at whenever the client received something or its link changed. */
  until(condition: () => boolean): Promise<void>;
  untilPhase(phase: LinkPhase): Promise<LinkState>;
  close(): Promise<void>;
}

/** A started client of this URL whose pauses between attempts are short. */
export function startClient(url: string, options: Partial<WebSocketClientOptions> = {}): TestClient {
  const waiter = new Waiter();
  const envelopes: Envelope[] = [];
  const rejected: RejectedFrame[] = [];
  const links: LinkState[] = [];
  const logs: RecordedLine[] = [];
  const client = new ResonanceWebSocketClient({
    name: 'nexus',
    url,
    identity: { name: 'resonance', anchor: 'BOLZANO_71' },
    clock: createSystemClock(),
    random: () => 0.01,
    logger: createRecordingLogger(logs),
    ...options,
    onEnvelope: (envelope) => {
      envelopes.push(envelope);
      options.onEnvelope?.(envelope);
      waiter.check();
    },
    onRejected: (frame) => {
      rejected.push(frame);
      waiter.check();
    },
    onLinkChange: (state) => {
      links.push(state);
      options.onLinkChange?.(state);
      waiter.check();
    },
  });
  client.start();
  return {
    client,
    envelopes,
    rejected,
    links,
    logs,
    until: (condition) => waiter.until(condition),
    untilPhase: async (phase) => {
      await waiter.until(() => client.link.phase === phase);
      return client.link;
    },
    close: () => client.close(),
  };
}
