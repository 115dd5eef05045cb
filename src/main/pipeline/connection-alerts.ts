import type { Alert, LinkState } from '../../shared/feed.js';
import { LinkAlert } from './link-alert.js';
import type { PipelineContext } from './pipeline-context.js';

/** Reconnecting after a short interruption is not worth an alert. */
const kafkaGraceMs = 5_000;
/** The nodes of a mesh may be started one after the other. */
const peerGraceMs = 10_000;
const settleMs = 3_000;

/**
 * Alerts about Kafka being away, and about peers that were never reached. A peer that was reached and falls silent is the
 * monitor's to tell.
 */
export class ConnectionAlerts {
  readonly #context: Pick<PipelineContext, 'clock' | 'observer'>;
  readonly #kafka: LinkAlert;
  readonly #peers = new Map<string, LinkAlert>();
  /** Reached once: by our link or by theirs. */
  readonly #reached = new Set<string>();

  constructor(context: Pick<PipelineContext, 'clock' | 'observer'>) {
    this.#context = context;
    this.#kafka = this.#createAlert('kafka.link', kafkaGraceMs, (link) => ({
      severity: 'error',
      message: `Kafka is not connected: ${reasonOf(link)}`,
      hint: link.lastError?.hint ?? null,
    }));
  }

  /** The links of producer and consumer: one trouble, however many of them have it. */
  kafkaChanged(links: readonly LinkState[]): void {
    const used = links.filter(({ phase }) => phase !== 'off');
    const worst = used.find(({ phase }) => phase !== 'open') ?? used[0] ?? links[0];
    if (worst !== undefined) this.#kafka.update(worst);
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

function reasonOf({ lastError, endpoint }: LinkState): string {
  return lastError?.message ?? `no answer from ${endpoint} yet`;
}
