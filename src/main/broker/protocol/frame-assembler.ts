/** Why a stream of bytes cannot be cut into frames. */
export type FrameFault = 'negative-length' | 'too-large';

const LENGTH_PREFIX_BYTES = 4;
const FIRST_ALLOCATION_BYTES = 64 * 1024;

/**
 * Cuts a byte stream into frames: a four-byte big-endian length, then as many bytes.
 *
 * Frames that arrive whole are views of the chunk they came in. A frame that arrives in pieces is
 * gathered in a buffer that doubles as bytes really arrive, up to the frame's length: nothing is
 * allocated for a length merely claimed, and a byte is copied three times at most.
 */
export class FrameAssembler {
  readonly #maxFrameBytes: number;
  #partial: Buffer = Buffer.alloc(0);
  #partialBytes = 0;

  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  /** Bytes held for a frame that has begun and is not complete; 0 between frames. */
  get bufferedBytes(): number {
    return this.#partialBytes;
  }

  /**
   * Takes what the socket delivered and calls `onFrame` with the body of each completed frame.
   * Returns the fault that makes the rest of the stream unreadable, or undefined.
   */
  push(chunk: Buffer, onFrame: (frame: Buffer) => void): FrameFault | undefined {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#partialBytes === 0 && rest.length >= LENGTH_PREFIX_BYTES) {
        const length = rest.readInt32BE(0);
        const fault = this.#faultOf(length);
        if (fault !== undefined) return fault;
        const end = LENGTH_PREFIX_BYTES + length;
        if (rest.length >= end) {
          onFrame(rest.subarray(LENGTH_PREFIX_BYTES, end));
          rest = rest.subarray(end);
          continue;
        }
      }
      const wanted = this.#wantedBytes();
      const taken = rest.subarray(0, wanted);
      this.#gather(taken);
      rest = rest.subarray(taken.length);
      if (this.#partialBytes < LENGTH_PREFIX_BYTES) continue;
      const length = this.#partial.readInt32BE(0);
      const fault = this.#faultOf(length);
      if (fault !== undefined) return fault;
      if (this.#partialBytes < LENGTH_PREFIX_BYTES + length) continue;
      const frame = this.#partial.subarray(LENGTH_PREFIX_BYTES, this.#partialBytes);
      this.#partial = Buffer.alloc(0);
      this.#partialBytes = 0;
      onFrame(frame);
    }
    return undefined;
  }

  #faultOf(length: number): FrameFault | undefined {
    if (length < 0) return 'negative-length';
    return length > this.#maxFrameBytes ? 'too-large' : undefined;
  }

  /** How many more bytes belong to the frame in progress, as far as is known. */
  #wantedBytes(): number {
    if (this.#partialBytes < LENGTH_PREFIX_BYTES) return LENGTH_PREFIX_BYTES - this.#partialBytes;
    return LENGTH_PREFIX_BYTES + this.#partial.readInt32BE(0) - this.#partialBytes;
  }

  #gather(bytes: Buffer): void {
    const needed = this.#partialBytes + bytes.length;
    if (needed > this.#partial.length) {
      const frameEnd =
        needed > LENGTH_PREFIX_BYTES && this.#partialBytes >= LENGTH_PREFIX_BYTES
          ? LENGTH_PREFIX_BYTES + this.#partial.readInt32BE(0)
          : FIRST_ALLOCATION_BYTES;
      const doubled = Math.max(needed, this.#partial.length * 2, LENGTH_PREFIX_BYTES);
      const larger = Buffer.allocUnsafe(Math.max(needed, Math.min(doubled, frameEnd)));
      this.#partial.copy(larger, 0, 0, this.#partialBytes);
      this.#partial = larger;
    }
    bytes.copy(this.#partial, this.#partialBytes);
    this.#partialBytes = needed;
  }
}
