import type { Clock } from '../../shared/clock.js';
import type { Envelope } from '../../shared/envelope.js';
import { describeError, ResonanceError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';
import {
  asPeriodic,
  type FrequencySyncMessage,
  type HeartbeatMessage,
  type Message,
  type SRoiUpdateMessage,
  type StateData,
  type StateUpdateMessage,
} from '../../shared/message.js';
import type { Stamps } from '../../shared/stamp.js';
import { formatTimestamp } from '../../shared/timestamp.js';
import { IntervalSchedule } from './interval-schedule.js';
import { type MergeCounters, MergedState } from './merged-state.js';
import { type NodeReport, NodeReports } from './node-reports.js';
import type { RegisterMap } from './register-map.js';
import { readPatch } from './state-fields.js';
import { StateMessages, stampsOf } from './state-messages.js';
import { StateSaver } from './state-saver.js';
import type { StateStore } from './state-store.js';

/** Message types that can carry a change of state. */
export type StateMessageType = 'state_update' | 'frequency_sync' | 's_roi_update';

export interface StateSynchronizerOptions {
  readonly identity: { readonly name: string; readonly anchor: string };
  /** Values until somebody changes them: nobody's change, so they carry no stamp and lose to every change. */
  readonly initial: StateData;
  /** How often the state is broadcast, milliseconds. Default 1,000. */
  readonly intervalMs?: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /**
   * Sends a message to the mesh. `periodic` messages are worth nothing when late: they are not to be queued.
   * What it throws is logged and stops nothing.
   */
  readonly publish: (message: Message, context: { readonly periodic: boolean }) => void;
  /** Names of the nodes connected now; asked once an interval. */
  readonly connectedNodes: () => readonly string[];
  /** Without one, the state starts anew and comes back from the peers. */
  readonly store?: StateStore;
  /** Message ids. Default: UUIDv7. */
  readonly createId?: (nowMs: number) => string;
}

export interface UpdateOptions {
  /** As which message the change travels. Default `state_update`, which carries the whole state. */
  readonly type?: StateMessageType;
  /** False leaves sending the returned message to the caller. Default true. */
  readonly publish?: boolean;
}

export interface StateUpdate {
  /** The stamped message that carries the change. */
  readonly message: StateUpdateMessage | FrequencySyncMessage | SRoiUpdateMessage;
  /** Fields whose stored value is a new one. Setting a field to the value it has is a change too: it is newly stamped. */
  readonly changed: readonly string[];
}

export interface StateChange {
  readonly changed: readonly string[];
  /** Whose change it is: this node's name for its own, `null` when the message did not say. */
  readonly node: string | null;
  readonly state: StateData;
}

export interface SynchronizerCounters extends MergeCounters {
  /** Reports of nodes beyond the most that are kept. */
  readonly reportsIgnored: number;
  /** Broadcasts that the given `publish` threw on. */
  readonly publishFailures: number;
}

/**
 * This node's state and its convergence with the mesh: stamps its own changes, merges those of others field by field,
 * and every interval broadcasts `state_update`, `frequency_sync` and `heartbeat`, in that order
 * (docs/protocol.md, Synchronizer behaviour; docs/decisions/state-merge.md).
 */
export class StateSynchronizer {
  readonly #options: StateSynchronizerOptions;
  readonly #logger: Logger;
  readonly #state: MergedState;
  readonly #schedule: IntervalSchedule;
  readonly #messages: StateMessages;
  readonly #reports = new NodeReports();
  readonly #listeners = new Set<(change: StateChange) => void>();
  readonly #saver: StateSaver | null;
  #connectedNodes: readonly string[] = [];
  #publishFailures = 0;
  #isRunning = false;

  /** @throws ResonanceError `MESSAGE_INVALID` when `initial` is no valid state */
  constructor(options: StateSynchronizerOptions) {
    this.#options = options;
    this.#logger = options.logger;
    this.#state = new MergedState(options.initial, options.clock, options.identity.name);
    this.#messages = new StateMessages(options.identity, options.clock, options.createId);
    this.#schedule = new IntervalSchedule(options.clock, options.intervalMs ?? 1_000, () =>
      this.#broadcast(),
    );
    this.#saver = options.store === undefined ? null : new StateSaver(options.store, options.logger);
  }

  /** Takes up the state of the last run, broadcasts once, and then every interval. Idempotent. */
  async start(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    await this.#restore();
    // Stopped meanwhile.
    if (!this.#isRunning) return;
    this.#schedule.start();
    this.#broadcast();
  }

  /** Ends once the state is saved. Idempotent. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#schedule.stop();
    await this.#saver?.settled();
  }

  /**
   * Changes fields of the state: stamps them and, unless told otherwise, publishes them at once. The derived fields
   * (`anchor`, `last_update`, `connected_nodes`) are left out of the patch.
   *
   * @throws ResonanceError `MESSAGE_INVALID` when a value has the wrong type, is no JSON or is too big, when the state
   *   has no room for another field, or when the message type asked for cannot carry one of the fields
   */
  updateState(patch: StateData, options: UpdateOptions = {}): StateUpdate {
    const type = options.type ?? 'state_update';
    const fields = readPatch(patch);
    this.#assertCarries(type, fields);
    const { changes, changed } = this.#state.change(fields);
    this.#saver?.save(this.#state.registers);
    const message = this.#changeMessage(type, changes);
    if (options.publish !== false) this.#publish(message, false);
    if (changed.length > 0) this.#notify(changed, this.#options.identity.name);
    return { message, changed };
  }

  /** The present state, derived fields included; a fresh object. */
  getState(): StateData {
    const state = this.#state.fields();
    const lastChangeAtMs = this.#state.lastChangeAtMs();
    state.anchor = this.#options.identity.anchor;
    state.last_update = lastChangeAtMs === null ? null : formatTimestamp(lastChangeAtMs);
    state.connected_nodes = [...this.#connectedNodes];
    return state;
  }

  /** Who changed which field when; fields nobody changed have none. */
  getStamps(): Stamps {
    return stampsOf(this.#state.registers);
  }

  /**
   * Takes in one message of the mesh. Stamped changes are merged, whoever sends them: a node passes on what it heard,
   * and this node's own echo brings back what an earlier run of it said. The rest is a report about the sender.
   */
  receive(envelope: Envelope): void {
    if (envelope.direction === 'out') return;
    const { message } = envelope;
    const node = envelope.node ?? message.source ?? null;
    const isEcho = node === this.#options.identity.name;
    if (message.stamps !== undefined) this.#merge(message, isEcho ? null : node);
    if (!isEcho && node !== null) {
      this.#reports.record(node, message, envelope.atMs, envelope.byteLength);
    }
  }

  /** Resolves once the state as it is now is on disk, or the disk has refused it. */
  async saved(): Promise<void> {
    await this.#saver?.settled();
  }

  /** What a node last said of itself, whether or not it stamps its changes. */
  report(node: string): NodeReport | null {
    return this.#reports.get(node);
  }

  reports(): readonly NodeReport[] {
    return this.#reports.all();
  }

  /** Called after every change of a field, own or merged. Returns the unsubscribe. */
  onChange(listener: (change: StateChange) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  get counters(): SynchronizerCounters {
    return {
      ...this.#state.counters,
      reportsIgnored: this.#reports.nodesIgnored,
      publishFailures: this.#publishFailures,
    };
  }

  /** The whole state as a message, as broadcast every interval. */
  stateUpdate(): StateUpdateMessage {
    return this.#messages.stateUpdate(this.getState(), this.getStamps());
  }

  heartbeat(): HeartbeatMessage {
    return this.#messages.heartbeat(this.#state.values());
  }

  async #restore(): Promise<void> {
    const { store } = this.#options;
    if (store === undefined) return;
    let stored: unknown;
    try {
      stored = await store.load();
    } catch (error) {
      this.#logger.warn('the state of the last run could not be read; it comes back from the peers', {
        error: describeError(error),
      });
      return;
    }
    if (stored === null || stored === undefined) return;
    const before = this.#state.registers;
    const changed = this.#state.restore(stored);
    if (changed === null) {
      this.#logger.warn('the state of the last run is not readable; it comes back from the peers');
      return;
    }
    this.#afterMerge(before, changed, null);
  }

  #merge(message: Message, node: string | null): void {
    const before = this.#state.registers;
    const refusedBefore = this.#state.counters.fieldsRefused;
    const { changed, refused } = this.#state.merge(message);
    if (refused > 0 && refusedBefore === 0) {
      this.#logger.warn('refused state changes; further ones are only counted', { node, fields: refused });
    }
    this.#afterMerge(before, changed, node);
  }

  #afterMerge(before: RegisterMap, changed: readonly string[], node: string | null): void {
    if (this.#state.registers !== before) this.#saver?.save(this.#state.registers);
    if (changed.length > 0) this.#notify(changed, node);
  }

  #broadcast(): void {
    // Made in the order in which they are sent: so are their ids and timestamps.
    const stateUpdate = this.stateUpdate();
    const frequencySync = this.#messages.frequencySync(this.#state.values());
    for (const message of [stateUpdate, frequencySync, this.heartbeat()])
      if (message !== null) this.#publish(asPeriodic(message), true);
    this.#connectedNodes = [...this.#options.connectedNodes()].sort();
  }

  #publish(message: Message, periodic: boolean): void {
    try {
      this.#options.publish(message, { periodic });
    } catch (error) {
      this.#publishFailures += 1;
      this.#logger.warn('a message of the synchronizer was not sent', {
        type: message.type,
        periodic,
        error: describeError(error),
      });
    }
  }

  /** Every type but `state_update` carries certain fields, and is nothing without one of them. */
  #assertCarries(type: StateMessageType, fields: ReadonlyMap<string, unknown>): void {
    const foreign = [...fields.keys()].find((name) => !canCarry(type, name));
    if (foreign !== undefined) {
      throw new ResonanceError('MESSAGE_INVALID', `A ${type} cannot carry the field \`${foreign}\``, {
        hint: 'Send it as a state_update.',
      });
    }
    const { frequencyHz, sRoi } = this.#state.values();
    const isEmpty =
      (type === 'frequency_sync' && frequencyHz === null && !fields.has('frequency')) ||
      (type === 's_roi_update' && sRoi === null && !fields.has('s_roi'));
    if (isEmpty) {
      throw new ResonanceError('MESSAGE_INVALID', `A ${type} needs a value to send`, {
        hint: 'Give the value, or send a state_update.',
      });
    }
  }

  #changeMessage(type: StateMessageType, changes: RegisterMap): StateUpdate['message'] {
    const stamps = stampsOf(changes);
    const values = this.#state.values();
    const message =
      type === 'frequency_sync'
        ? this.#messages.frequencySync(values, stamps)
        : type === 's_roi_update'
          ? this.#messages.sRoiUpdate(values, stamps)
          : null;
    return message ?? this.stateUpdate();
  }

  #notify(changed: readonly string[], node: string | null): void {
    const change: StateChange = { changed, node, state: this.getState() };
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        this.#logger.error('a listener of state changes failed', { error: describeError(error) });
      }
    }
  }
}

function canCarry(type: StateMessageType, field: string): boolean {
  switch (type) {
    case 'state_update':
      return true;
    case 'frequency_sync':
      return field === 'frequency' || field === 's_roi';
    case 's_roi_update':
      return field === 's_roi';
  }
}
