import type { Clock } from '../../shared/clock.js';
import { ResonanceError } from '../../shared/errors.js';
import type { Message, StateData } from '../../shared/message.js';
import { HybridClock } from './hybrid-clock.js';
import { emptyRegisterMap, mergeRegisters, type Register, type RegisterMap } from './register-map.js';
import { createRegister, readChanges, readPatch } from './state-fields.js';
import type { ResonanceValues } from './state-messages.js';
import { fromPersistedState } from './state-store.js';

export interface MergeCounters {
  /** Fields taken over from other nodes. */
  readonly fieldsMerged: number;
  /** Stamped fields refused: absurd stamp, bad name, value too big. */
  readonly fieldsRefused: number;
  /** Fields that found no room among the most that are kept. */
  readonly fieldsOmitted: number;
}

/** The fields of the state as they are now: stamped changes, own and others', over initial values. */
export class MergedState {
  readonly #hybridClock: HybridClock;
  readonly #initial: Readonly<Record<string, unknown>>;
  #registers: RegisterMap = emptyRegisterMap;
  #fieldsMerged = 0;
  #fieldsRefused = 0;
  #fieldsOmitted = 0;

  /**
   * @param node this node's name, for its stamps
   * @throws ResonanceError `MESSAGE_INVALID` when `initial` is no valid state
   */
  constructor(initial: StateData, clock: Pick<Clock, 'wallMs'>, node: string) {
    this.#hybridClock = new HybridClock(clock, node);
    this.#initial = Object.fromEntries([...readPatch(initial)].map(([name, { value }]) => [name, value]));
  }

  /** Fields that somebody changed. A new map with every change. */
  get registers(): RegisterMap {
    return this.#registers;
  }

  get counters(): MergeCounters {
    return {
      fieldsMerged: this.#fieldsMerged,
      fieldsRefused: this.#fieldsRefused,
      fieldsOmitted: this.#fieldsOmitted,
    };
  }

  /** All fields by name; a fresh object. */
  fields(): Record<string, unknown> {
    return {
      ...this.#initial,
      ...Object.fromEntries([...this.#registers].map(([name, { value }]) => [name, value])),
    };
  }

  /** The two values that every message of the synchronizer carries. */
  values(): ResonanceValues {
    const frequency = this.#registers.get('frequency')?.value ?? this.#initial.frequency;
    const sRoi = this.#registers.get('s_roi')?.value ?? this.#initial.s_roi;
    return {
      frequencyHz: typeof frequency === 'number' ? frequency : null,
      sRoi: typeof sRoi === 'number' ? sRoi : null,
    };
  }

  /** When the newest change was made, by the wall part of its stamp; `null` before the first. */
  lastChangeAtMs(): number | null {
    let newestMs: number | null = null;
    for (const { stamp } of this.#registers.values()) newestMs = Math.max(newestMs ?? 0, stamp[0]);
    return newestMs;
  }

  /**
   * Stamps and makes this node's own change.
   *
   * @returns the stamped fields, and which of them have another value than before
   * @throws ResonanceError `MESSAGE_INVALID` when the state has no room for another field; nothing is changed then
   */
  change(fields: ReadonlyMap<string, { readonly value: unknown; readonly text: string }>): {
    readonly changes: RegisterMap;
    readonly changed: readonly string[];
  } {
    const changes = new Map<string, Register>();
    for (const [name, { value, text }] of fields) {
      changes.set(name, { value, text, stamp: this.#hybridClock.next() });
    }
    const merge = mergeRegisters(this.#registers, changes);
    const refused = merge.omitted.find((name) => changes.has(name));
    if (refused !== undefined) {
      throw new ResonanceError(
        'MESSAGE_INVALID',
        `The state has no room for another field (\`${refused}\`)`,
        { hint: 'Use one of the fields that are there.' },
      );
    }
    this.#fieldsOmitted += merge.omitted.length;
    const changed = this.#withNewValue(merge.changed, changes);
    this.#registers = merge.registers;
    return { changes, changed };
  }

  /**
   * Merges a message's stamped changes.
   *
   * @returns the fields that have another value than before, and how many were refused
   */
  merge(message: Message): { readonly changed: readonly string[]; readonly refused: number } {
    const { changes, refused } = readChanges(message, this.#registers, (stamp) =>
      this.#hybridClock.isPlausible(stamp),
    );
    this.#fieldsRefused += refused;
    return { changed: this.#take(changes), refused };
  }

  /**
   * Merges what an earlier run stored; the hybrid clock resumes from its stamps.
   *
   * @returns the fields that have another value than before; `null` when it is not readable
   */
  restore(stored: unknown): readonly string[] | null {
    const registers = fromPersistedState(stored, (stamp) => this.#hybridClock.isPlausible(stamp));
    return registers === null ? null : this.#take(registers);
  }

  #take(registers: RegisterMap): readonly string[] {
    if (registers.size === 0) return [];
    for (const { stamp } of registers.values()) this.#hybridClock.observe(stamp);
    const merge = mergeRegisters(this.#registers, registers);
    const changed = this.#withNewValue(merge.changed, merge.registers);
    this.#fieldsMerged += merge.changed.length;
    this.#fieldsOmitted += merge.omitted.length;
    this.#registers = merge.registers;
    return changed;
  }

  /** Those of the names whose value in `registers` is another one than the present one. */
  #withNewValue(names: readonly string[], registers: RegisterMap): readonly string[] {
    return names.filter((name) => registers.get(name)?.text !== this.#textOf(name));
  }

  #textOf(name: string): string | undefined {
    const register = this.#registers.get(name);
    if (register !== undefined) return register.text;
    return Object.hasOwn(this.#initial, name)
      ? createRegister(this.#initial[name], [0, 0, ''])?.text
      : undefined;
  }
}
