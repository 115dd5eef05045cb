import type { Alert, LinkState } from '../../shared/feed.js';
import { LinkAlert } from './link-alert.js';
import type { PipelineContext } from './pipeline-context.js';

/** Reconnecting after a short interruption is not worth an alert. */
const kafkaGraceMs = 5_000;
/** The nodes of a mesh may be started one after the other. */
const peerGraceMs = 10_000;
const settleMs = 3_000;

/** The node's two links to Kafka. */
export interface KafkaLinks {
  readonly consumer: LinkState;
  readonly producer: LinkState;
}

/**
 * Alerts about Kafka being away, and about peers that were never reached. A peer that was reached and falls silent is the
 * monitor's to tell.
 */
export class ConnectionAlerts {
  readonly #context: Pick<PipelineContext, 'clock' | 'observer'>;
  readonly #kafka: LinkAlert;
  /** What is true of Kafka while it is not sound, as the operator is told it. */
  #kafkaTrouble = '';
  readonly #peers = new Map<string, LinkAlert>();
  /** Reached once: by our link or by theirs. */
  readonly #reached = new Set<string>();

  constructor(context: Pick<PipelineContext, 'clock' | 'observer'>) {
    this.#context = context;
    this.#kafka = this.#createAlert('kafka.link', kafkaGraceMs, (link) => ({
      severity: 'error',
      message: `${this.#kafkaTrouble}: ${reasonOf(link)}`,
      hint: link.lastError?.hint ?? null,
    }));
  }

  /** One trouble, however many of the links have it; which of them is in its words. */
  kafkaChanged({ consumer, producer }: KafkaLinks): void {
    const used = [consumer, producer].filter(({ phase }) => phase !== 'off');
    const lost = used.filter(({ phase }) => phase !== 'open');
    const { refusal } = producer;
    if (refusal !== undefined && producer.phase !== 'off') {
      this.#kafkaTrouble = lost[0] === consumer ? refusedWords.notReading : refusedWords.reading;
      // Connected or not, and with a cluster of which some is left it comes and goes: messages wait.
      this.#kafka.update({ ...producer, phase: 'backoff', lastError: refusal.error }, refusal.waitedMs);
      return;
    }
    if (lost.length > 0) this.#kafkaTrouble = troubleOf(lost.length === used.length, lost[0] === consumer);
    this.#kafka.update(lost[0] ?? used[0] ?? consumer);
  }

  peerChanged(name: string, link: LinkState): void {
    if (link.phase === 'open') this.peerReached(name);
    if (this.#reached.has(name)) return;
    const alert =
      this.#peers.get(name) ??
      this.#createAlert(`peer.${name}.link`, peerGraceMs, ({ lastError, endpoint }) => ({
        severity: 'warning',
        message: `${name} was never reached over WebSocket: ${lastError?.message ?? `no answer from ${endpoint} yet`}`,
        hint:
          lastError?.hint ??
          'Check that it runs; its address is under Settings, Peers, where it can also be removed.',
      }));
    this.#peers.set(name, alert);
    alert.update(link);
  }

  peerReached(name: string): void {
    this.peerLeft(name);
    this.#reached.add(name);
  }

  /** It was taken away, or has another address now. */
  peerLeft(name: string): void {
    this.#reached.delete(name);
    this.#peers.get(name)?.close();
    this.#peers.delete(name);
  }

  /** Takes back every alert. */
  close(): void {
    this.#kafka.close();
    for (const alert of this.#peers.values()) alert.close();
  }

  #createAlert(
    key: string,
    graceMs: number,
    wordsFor: (link: LinkState) => Omit<Alert, 'atMs' | 'key'>,
  ): LinkAlert {
    const { clock, observer } = this.#context;
    return new LinkAlert({
      clock,
      graceMs,
      settleMs,
      alertFor: (link) => ({ key, ...wordsFor(link) }),
      raise: (alert) => observer.raiseAlert(alert),
      clear: () => observer.clearAlert(key),
    });
  }
}

const refusedWords = {
  reading: 'Messages are received from Kafka, but it does not take what is sent',
  notReading: 'No messages are received from Kafka, and it does not take what is sent',
} as const;

function troubleOf(isAll: boolean, isConsumer: boolean): string {
  if (isAll) return 'Kafka is not connected';
  return isConsumer
    ? 'Messages are sent to Kafka, but none are received from it'
    : 'Messages are received from Kafka, but none can be sent to it';
}

function reasonOf({ lastError, endpoint }: LinkState): string {
  return lastError?.message ?? `no answer from ${endpoint} yet`;
}
