import { PieceQueue } from './piece-queue.js';

const defaultChunkBytes = 65_536;
const shortLength = 40;

/** Anything that takes two bytes; of a string that V8 itself keeps with one byte a character the test takes no time. */
const wideCharacter = /[^\0-\xff]/;

/**
 * Texts in the order in which they came, outside of the garbage-collected heap: tens of thousands of them cost the
 * collector nothing. Kept as V8 keeps them, one or two bytes a character, so that any string comes back as it was, lone
 * surrogates too. Positions count bytes from the first text on, for ever.
 */
export class TextRing {
  readonly #chunkBytes: number;
  readonly #chunks: PieceQueue<Buffer>;
  #end = 0;

  /** @param chunkBytes memory is taken by so much at a time; an even number. Default 65,536. */
  constructor(chunkBytes = defaultChunkBytes) {
    this.#chunkBytes = chunkBytes;
    this.#chunks = new PieceQueue(() => Buffer.allocUnsafeSlow(chunkBytes));
  }

  /** Where the next text begins. */
  get end(): number {
    return this.#end;
  }

  /** Bytes of memory held: the texts that were not released, and less than three chunks more. */
  get sizeBytes(): number {
    return this.#chunks.count * this.#chunkBytes;
  }

  /** @returns bytes a character: 1, or 2 when one character needs it */
  append(text: string): 1 | 2 {
    if (text.length <= shortLength && this.#appendShort(text)) return 1;
    const width = wideCharacter.test(text) ? 2 : 1;
    const byteLength = text.length * width;
    const at = this.#end % this.#chunkBytes;
    if (at + byteLength <= this.#chunkBytes) {
      this.#chunks.reach(Math.floor(this.#end / this.#chunkBytes)).write(text, at, encodingOf(width));
      this.#end += byteLength;
    } else {
      this.#appendAcross(Buffer.from(text, encodingOf(width)));
    }
    return width;
  }

  /** @throws RangeError when it was released */
  read(position: number, length: number, width: 1 | 2): string {
    if (length === 0) return '';
    const byteLength = length * width;
    const at = position % this.#chunkBytes;
    if (at + byteLength <= this.#chunkBytes) {
      const chunk = this.#chunks.at(Math.floor(position / this.#chunkBytes));
      return chunk.toString(encodingOf(width), at, at + byteLength);
    }
    return this.#readAcross(position, byteLength).toString(encodingOf(width));
  }

  /** Gives up the memory of what lies before this position. */
  releaseBefore(position: number): void {
    this.#chunks.releaseBefore(Math.floor(position / this.#chunkBytes));
  }

  /** Character by character: for a few of them that takes less time than a call out of JavaScript. False when it can't be. */
  #appendShort(text: string): boolean {
    const { length } = text;
    const at = this.#end % this.#chunkBytes;
    if (at + length > this.#chunkBytes) return false;
    const chunk = this.#chunks.reach(Math.floor(this.#end / this.#chunkBytes));
    for (let index = 0; index < length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > 0xff) return false;
      chunk[at + index] = code;
    }
    this.#end += length;
    return true;
  }

  #appendAcross(bytes: Buffer): void {
    for (let from = 0; from < bytes.length; ) {
      const copied = bytes.copy(
        this.#chunks.reach(Math.floor(this.#end / this.#chunkBytes)),
        this.#end % this.#chunkBytes,
        from,
      );
      from += copied;
      this.#end += copied;
    }
  }

  #readAcross(position: number, byteLength: number): Buffer {
    const bytes = Buffer.allocUnsafe(byteLength);
    for (let done = 0; done < byteLength; ) {
      const from = position + done;
      const chunk = this.#chunks.at(Math.floor(from / this.#chunkBytes));
      done += chunk.copy(bytes, done, from % this.#chunkBytes);
    }
    return bytes;
  }
}

function encodingOf(width: 1 | 2): 'latin1' | 'utf16le' {
  return width === 1 ? 'latin1' : 'utf16le';
}
