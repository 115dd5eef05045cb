import type { SimulationFault } from '../../shared/feed.js';

/** What a demo node says of itself in one beat. */
export interface SimulatedValues {
  readonly frequencyHz: number;
  readonly sRoi: number;
}

const targetFrequencyHz = 0.043;
const targetSRoi = 0.52;
const frequencySwingHz = 0.0006;
const sRoiSwing = 0.008;
const driftHzPerBeat = 0.0004;
const driftSRoiPerBeat = 0.001;
const longestDriftBeats = 60;

/**
 * Values that swing gently round the target, so that a chart has something to show; with the fault `drift` they
 * wander off, beat by beat, and come back as slowly once it is off.
 */
export class ValueGenerator {
  readonly #phase: number;
  readonly #random: () => number;
  #beat = 0;
  #driftBeats = 0;

  /** @param phase 0..1, so that two nodes do not swing in step */
  constructor(phase: number, random: () => number) {
    this.#phase = phase;
    this.#random = random;
  }

  next(faults: ReadonlySet<SimulationFault>): SimulatedValues {
    this.#beat += 1;
    const direction = faults.has('drift') ? 1 : -1;
    this.#driftBeats = Math.max(0, Math.min(longestDriftBeats, this.#driftBeats + direction));
    const swing = Math.sin(2 * Math.PI * (this.#beat / 23.25 + this.#phase));
    const noise = (this.#random() - 0.5) / 5;
    return {
      frequencyHz: round(
        targetFrequencyHz + (swing + noise) * frequencySwingHz + this.#driftBeats * driftHzPerBeat,
        6,
      ),
      sRoi: round(targetSRoi + (swing - noise) * sRoiSwing - this.#driftBeats * driftSRoiPerBeat, 5),
    };
  }
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
