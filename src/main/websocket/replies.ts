import {
  type AckMessage,
  encodeMessage,
  type HeartbeatMessage,
  type StateUpdateMessage,
} from '../../shared/message.js';
import { formatTimestamp } from '../../shared/timestamp.js';
import { frameText } from './text-frame.js';

/** What a server says about itself. */
export interface NodeIdentity {
  readonly name: string;
  readonly anchor: string;
}

/**
 * The server's own answers as frames, word for word as the old nodes give them (docs/protocol.md, WebSocket server).
 * A timestamp has milliseconds, so answers of the same millisecond and kind share one frame.
 */
export class Replies {
  readonly #anchor: string;
  readonly #acks = new Map<string, Buffer>();
  #acksAtMs = Number.NaN;
  #heartbeat: Buffer | null = null;

  constructor(identity: NodeIdentity) {
    this.#anchor = identity.anchor;
  }

  welcome(state: { readonly frequency: number; readonly s_roi: number }, nowMs: number): Buffer {
    const message: StateUpdateMessage = {
      type: 'state_update',
      timestamp: formatTimestamp(nowMs),
      frequency: state.frequency,
      s_roi: state.s_roi,
      anchor: this.#anchor,
      message: 'Connected to Resonance node',
    };
    return frameOf(encodeMessage(message));
  }

  /** @param id the acknowledged message's, which the ack then carries too (our addition) */
  ack(originalType: string, id: string | undefined, nowMs: number): Buffer {
    this.#forgetOlderThan(nowMs);
    if (id !== undefined) return frameOf(encodeMessage({ ...ackOf(originalType, nowMs), id }));
    let frame = this.#acks.get(originalType);
    if (frame === undefined) {
      frame = frameOf(encodeMessage(ackOf(originalType, nowMs)));
      this.#acks.set(originalType, frame);
    }
    return frame;
  }

  heartbeat(nowMs: number): Buffer {
    this.#forgetOlderThan(nowMs);
    if (this.#heartbeat === null) {
      const message: HeartbeatMessage = {
        type: 'heartbeat',
        timestamp: formatTimestamp(nowMs),
        anchor: this.#anchor,
      };
      this.#heartbeat = frameOf(encodeMessage(message));
    }
    return this.#heartbeat;
  }

  error(message: string): Buffer {
    return frameOf(encodeMessage({ type: 'error', message }));
  }

  #forgetOlderThan(nowMs: number): void {
    if (this.#acksAtMs === nowMs) return;
    this.#acksAtMs = nowMs;
    this.#acks.clear();
    this.#heartbeat = null;
  }
}

function ackOf(originalType: string, nowMs: number): AckMessage {
  return { type: 'ack', original_type: originalType, timestamp: formatTimestamp(nowMs) };
}

function frameOf(text: string): Buffer {
  return frameText(Buffer.from(text));
}
