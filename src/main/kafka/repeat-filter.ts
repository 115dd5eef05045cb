import type { Envelope } from '../../shared/envelope.js';

/** Finds messages that had their effect before. Every envelope that was marked is settled or released later, once. */
export interface RepeatFilter {
  /** The envelope itself, or a copy with `isRepeat`. From now on another copy of the message is a repeat. */
  mark(envelope: Envelope): Envelope;
  /** The message has had its effect. */
  settle(envelope: Envelope): void;
  /** The message has had no effect, and will come again. */
  release(envelope: Envelope): void;
}

/** Every message has its effect, each time it comes. */
export const noRepeatFilter: RepeatFilter = {
  mark: (envelope) => envelope,
  settle: () => undefined,
  release: () => undefined,
};
