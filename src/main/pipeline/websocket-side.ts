import type { LinkState } from '../../shared/feed.js';
import { ResonanceWebSocketClient } from '../websocket/resonance-websocket-client.js';
import { type RejectedFrame, ResonanceWebSocketServer } from '../websocket/resonance-websocket-server.js';
import type { PipelineContext } from './pipeline-context.js';

export function createWebSocketServer(
  context: PipelineContext,
  onConnectionsChange: () => void,
): ResonanceWebSocketServer {
  const { config, clock, logger, ownValues, receive } = context;
  const { websocket, node } = config;
  return new ResonanceWebSocketServer({
    host: websocket.host,
    port: websocket.port,
    identity: node,
    readState: ownValues,
    limits: {
      maxConnections: websocket.maxConnections,
      maxMessagesPerSecond: websocket.maxMessagesPerSecond,
    },
    pingIntervalMs: websocket.pingIntervalMs,
    pingTimeoutMs: websocket.pingTimeoutMs,
    allowedOrigins: websocket.allowedOrigins,
    allowedHosts: websocket.allowedHosts,
    clock,
    logger: logger.child('websocket'),
    onEnvelope: receive,
    onRejected: (frame) => reportRejected(context, frame),
    onConnectionsChange,
  });
}

export function createPeerLink(
  context: PipelineContext,
  name: string,
  url: string,
  onLinkChange: (link: LinkState) => void,
): ResonanceWebSocketClient {
  const { config, clock, random, logger, receive } = context;
  const { websocket, node } = config;
  return new ResonanceWebSocketClient({
    name,
    url,
    identity: node,
    pingIntervalMs: websocket.pingIntervalMs,
    pingTimeoutMs: websocket.pingTimeoutMs,
    clock,
    random,
    logger: logger.child('websocket'),
    onEnvelope: receive,
    onRejected: (frame) => reportRejected(context, frame),
    onLinkChange,
  });
}

function reportRejected({ observer }: PipelineContext, frame: RejectedFrame): void {
  const { connection, rejection, byteLength, preview } = frame;
  observer.onRejected({ transport: 'websocket', origin: connection, rejection, byteLength, preview });
}
