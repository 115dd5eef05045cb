import { activeProfile } from '../../shared/active-profile.js';
import { type ErrorCode, type ErrorReport, ResonanceError, toErrorReport } from '../../shared/errors.js';
import { encodeMessage, type Message } from '../../shared/message.js';
import { readOnlyProfile } from '../kafka/read-only-profile.js';
import type { ResonanceProducer } from '../kafka/resonance-producer.js';
import type { CopyAttempt } from '../outbox/outbox.js';
import type { DeliveryProof } from '../outbox/outbox-record.js';
import type { ResonanceWebSocketServer } from '../websocket/resonance-websocket-server.js';
import type { PeerLinks } from './peer-links.js';
import type { PipelineContext } from './pipeline-context.js';

export interface MeshSenderOptions {
  readonly context: PipelineContext;
  readonly peers: PeerLinks;
  readonly server: ResonanceWebSocketServer;
  /** Null until it is known where the brokers are. */
  readonly producer: () => ResonanceProducer | null;
  /** Why there is none and will be none with these settings. */
  readonly kafkaError: () => ErrorReport | null;
}

/** About the connection: the same message is taken once certificates or login are put right. */
const connectionCodes: ReadonlySet<ErrorCode> = new Set(['KAFKA_AUTHENTICATION_FAILED', 'KAFKA_TLS_FAILED']);

/** How a message leaves the node: broadcasts to everybody at once, an operator's copies one by one. */
export class MeshSender {
  readonly #options: MeshSenderOptions;

  constructor(options: MeshSenderOptions) {
    this.#options = options;
  }

  /**
   * Over Kafka, and over every open peer link. A periodic message is worth nothing later: without a connection it is
   * not even tried.
   */
  broadcast(message: Message, isPeriodic: boolean): void {
    const { context, peers } = this.#options;
    if (activeProfile(context.config).readOnly) return;
    const producer = this.#options.producer();
    if (producer !== null && (producer.link.phase === 'open' || !isPeriodic)) {
      const options = isPeriodic
        ? { deliveryTimeoutMs: Math.max(1_000, context.config.sync.intervalMs * 3) }
        : {};
      producer.publish(message, options).catch((error: unknown) => {
        context.logger[isPeriodic ? 'debug' : 'warn']('a broadcast did not reach Kafka', {
          type: message.type,
          error: toErrorReport(error),
        });
      });
    }
    const reached = peers.postToAll(message);
    if (reached.length > 0) this.#observeSent(message, reached);
  }

  /** Resolves once the broker has acknowledged the copy. */
  async overKafka(
    message: Message,
    topic: string,
    { headers = {}, onRefused }: Partial<CopyAttempt> = {},
  ): Promise<DeliveryProof> {
    const producer = this.#options.producer();
    if (producer === null) {
      const reason = this.#options.kafkaError();
      if (reason !== null) throw mayPass(reason);
      throw new ResonanceError('KAFKA_UNREACHABLE', 'The connection to Kafka is still being set up', {
        retriable: true,
      });
    }
    const { phase, attempt, lastError } = producer.link;
    if (phase !== 'open' && attempt > 0 && lastError !== null) {
      // Connecting failed. Waiting here would keep the reason from the operator; with the next connection it is tried again.
      // Whatever it was that ended it, it is nothing about this message.
      throw mayPass(lastError);
    }
    try {
      return await producer.publish(message, {
        topic,
        headers,
        onRefused: (error) => onRefused?.(toErrorReport(error)),
      });
    } catch (error) {
      const report = toErrorReport(error);
      throw connectionCodes.has(report.code) ? mayPass(report) : error;
    }
  }

  /**
   * Resolves once the peer has acknowledged the copy. A peer that has only connected to us gets it over that
   * connection, without an ack: clients of a server do not acknowledge.
   */
  async overWebSocket(message: Message, peer: string): Promise<DeliveryProof> {
    const { context, peers, server } = this.#options;
    if (activeProfile(context.config).readOnly) throw readOnlyProfile('The message was not sent');
    const link = peers.get(peer);
    if (link?.link.phase !== 'open' && server.sendTo(peer, message) > 0) {
      this.#observeSent(message, [peer]);
      return {};
    }
    if (link === undefined) {
      throw new ResonanceError('TARGET_UNKNOWN', `No peer is named ${peer} any more`, {
        hint: 'Add it again under Settings, Peers, or discard the message.',
      });
    }
    const proof = await link.send(message);
    this.#observeSent(message, [peer]);
    return proof;
  }

  /** Kafka's sends are observed by the producer; these are ours to tell, one envelope for each receiver. */
  #observeSent(message: Message, peers: readonly string[]): void {
    const { config, clock, observer } = this.#options.context;
    const text = encodeMessage(message);
    const byteLength = Buffer.byteLength(text);
    const atMs = clock.wallMs();
    for (const peer of peers) {
      observer.onEnvelope({
        message,
        direction: 'out',
        transport: 'websocket',
        node: config.node.name,
        text,
        byteLength,
        atMs,
        connection: `peer:${peer}`,
      });
    }
  }
}

function mayPass({ code, message, hint }: ErrorReport): ResonanceError {
  return new ResonanceError(code, message, { retriable: true, ...(hint === undefined ? {} : { hint }) });
}
