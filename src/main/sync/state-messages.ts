import type { Clock } from '../../shared/clock.js';
import type {
  FrequencySyncMessage,
  HeartbeatMessage,
  SRoiUpdateMessage,
  StateData,
  StateUpdateMessage,
} from '../../shared/message.js';
import type { Stamps } from '../../shared/stamp.js';
import { formatTimestamp } from '../../shared/timestamp.js';
import { createUuidV7 } from '../../shared/uuid.js';
import type { RegisterMap } from './register-map.js';

export interface ResonanceValues {
  readonly frequencyHz: number | null;
  readonly sRoi: number | null;
}

/** Stamps by field, as they travel. */
export function stampsOf(registers: RegisterMap): Stamps {
  return Object.fromEntries([...registers].map(([name, { stamp }]) => [name, stamp]));
}

/** Makes the synchronizer's messages: each signed with this node's name and anchor, the time of sending, and an id. */
export class StateMessages {
  readonly #identity: { readonly name: string; readonly anchor: string };
  readonly #clock: Pick<Clock, 'wallMs'>;
  readonly #createId: (nowMs: number) => string;

  constructor(
    identity: { readonly name: string; readonly anchor: string },
    clock: Pick<Clock, 'wallMs'>,
    createId: (nowMs: number) => string = createUuidV7,
  ) {
    this.#identity = identity;
    this.#clock = clock;
    this.#createId = createId;
  }

  stateUpdate(state: StateData, stamps: Stamps): StateUpdateMessage {
    return { type: 'state_update', ...this.#signature(), data: state, ...carry(stamps) };
  }

  /** `null` without a frequency: the type requires one. */
  frequencySync(values: ResonanceValues, stamps: Stamps = {}): FrequencySyncMessage | null {
    const { frequencyHz, sRoi } = values;
    if (frequencyHz === null) return null;
    const state = sRoi === null ? { frequency: frequencyHz } : { frequency: frequencyHz, s_roi: sRoi };
    return { type: 'frequency_sync', ...this.#signature(), ...state, ...carry(stamps) };
  }

  /** `null` without an S-ROI: the type requires one. */
  sRoiUpdate(values: ResonanceValues, stamps: Stamps = {}): SRoiUpdateMessage | null {
    if (values.sRoi === null) return null;
    return { type: 's_roi_update', ...this.#signature(), s_roi: values.sRoi, ...carry(stamps) };
  }

  heartbeat(values: ResonanceValues): HeartbeatMessage {
    const message: HeartbeatMessage = { type: 'heartbeat', ...this.#signature() };
    if (values.frequencyHz !== null) message.frequency = values.frequencyHz;
    if (values.sRoi !== null) message.s_roi = values.sRoi;
    return message;
  }

  #signature(): { timestamp: string; source: string; anchor: string; id: string } {
    const { name, anchor } = this.#identity;
    const nowMs = this.#clock.wallMs();
    return { timestamp: formatTimestamp(nowMs), source: name, anchor, id: this.#createId(nowMs) };
  }
}

/** A message without stamps has no `stamps` field at all: old nodes see what they always saw. */
function carry(stamps: Stamps): { stamps?: Record<string, [number, number, string]> } {
  const entries = Object.entries(stamps);
  if (entries.length === 0) return {};
  return {
    stamps: Object.fromEntries(
      entries.map(([name, [wallMs, counter, node]]) => [name, [wallMs, counter, node]]),
    ),
  };
}
