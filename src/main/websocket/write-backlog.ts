/** When a client that does not read what it is sent is given up. */
export interface BacklogLimits {
  /** Bytes that wait for the socket. Above it the reader has {@link graceMs} to take what waits. Default 4 MiB. */
  readonly maxBytes: number;
  /** Age of the oldest waiting byte at which a backlog above `maxBytes` is too old. Default 1,000 ms. */
  readonly graceMs: number;
  /** Bytes above which there is no grace: what a connection may cost at most. Default 16 MiB. */
  readonly hardMaxBytes: number;
  /** Age of the oldest waiting byte at which any backlog is too old. Default 10,000 ms. */
  readonly maxAgeMs: number;
}

export const defaultBacklogLimits: BacklogLimits = {
  maxBytes: 4_194_304,
  graceMs: 1_000,
  hardMaxBytes: 16_777_216,
  maxAgeMs: 10_000,
};

/**
 * Tells a slow reader from a fast one that was just sent a lot: by how much waits for the socket, and by how long the
 * oldest of it has waited. The age is measured from a mark: the end of what had been written when the last mark was
 * passed, so it is never more than the true age and catches up as soon as a mark stands still.
 *
 * Pure: the caller gives time and the socket's own count of waiting bytes.
 */
export class WriteBacklog {
  readonly #limits: BacklogLimits;
  #written = 0;
  #mark = 0;
  #markedAtMs: number;

  constructor(limits: BacklogLimits, nowMs: number) {
    this.#limits = limits;
    this.#markedAtMs = nowMs;
  }

  wrote(byteLength: number): void {
    this.#written += byteLength;
  }

  /** @param waitingBytes what the socket has taken and not yet handed to the operating system */
  isTooSlow(waitingBytes: number, nowMs: number): boolean {
    if (waitingBytes === 0 || this.#written - waitingBytes >= this.#mark) {
      this.#mark = this.#written;
      this.#markedAtMs = nowMs;
      return waitingBytes > this.#limits.hardMaxBytes;
    }
    if (waitingBytes > this.#limits.hardMaxBytes) return true;
    const ageMs = nowMs - this.#markedAtMs;
    return ageMs > (waitingBytes > this.#limits.maxBytes ? this.#limits.graceMs : this.#limits.maxAgeMs);
  }
}
