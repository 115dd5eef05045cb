import { type ErrorCode, ResonanceError } from '../../../src/shared/errors.js';
import { Waiter } from '../waiter.js';
import type { History } from './history.js';
import { type NodeProcess, nodeEnded } from './node-process.js';

export interface OperatorLoadOptions {
  readonly node: NodeProcess;
  readonly history: History;
  /** The peer whose topic the messages are for. */
  readonly target: string;
  /** Distance of two messages. Default 50 ms. */
  readonly intervalMs?: number;
  /** Default `kafka`. */
  readonly via?: 'kafka' | 'both';
  /** What another load has sent in the same history. Default 0. */
  readonly sentBefore?: number;
}

/**
 * A steady stream of an operator's messages through a node's outbox. What acknowledges one is the outbox: it is on
 * disk. The history knows each by its `event_type`.
 */
export class OperatorLoad {
  readonly refusals = new Set<ErrorCode>();
  readonly #options: OperatorLoadOptions;
  readonly #waiter = new Waiter();
  readonly #pending = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;
  #sequence: number;

  constructor(options: OperatorLoadOptions) {
    this.#options = options;
    this.#sequence = options.sentBefore ?? 0;
    this.#timer = setInterval(() => this.#begin(), options.intervalMs ?? 50);
  }

  /** Messages so far, those of other loads included. */
  get sent(): number {
    return this.#sequence;
  }

  untilRefused(): Promise<void> {
    return this.#waiter.until(() => this.refusals.size > 0);
  }

  /** Sends no more; resolves when the node has answered everything. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#pending);
  }

  #begin(): void {
    const sending = this.#send(++this.#sequence);
    this.#pending.add(sending);
    void sending.finally(() => this.#pending.delete(sending));
  }

  async #send(sequence: number): Promise<void> {
    const { node, history, target, via = 'kafka' } = this.#options;
    const id = `operator-${sequence}`;
    history.record({ kind: 'attempted', id, lane: 'operator', sequence });
    try {
      const fields = { event_type: id, data: {} };
      await node.execute('compose.send', { type: 'repository_event', fields, target, via });
      history.record({ kind: 'acknowledged', id, position: null });
    } catch (error) {
      if (!(error instanceof ResonanceError)) throw error;
      if (error.message === nodeEnded.message) return;
      history.record({ kind: 'refused', id });
      this.refusals.add(error.code);
      this.#waiter.check();
    }
  }
}
