import { appendFile, mkdir, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { TextStream } from '../log/stream-sink.js';
import { errnoOf } from '../storage/storage-error.js';

const defaultMaxBytes = 5_242_880;

/**
 * The log on disk, for the operator to send along: `resonance.log` and, once that is full, the one before it as
 * `resonance.log.1`. Lines that come while a write is under way go out together in the next one. Never rejects: a disk
 * that takes no log must not stop the node, so the lines are counted and gone.
 */
export class RotatingLogFile implements TextStream {
  readonly #path: string;
  readonly #maxBytes: number;
  #pending: string[] = [];
  #pendingLength = 0;
  /** Null until the file was looked at. */
  #size: number | null = null;
  #writing: Promise<void> | undefined;
  #lostLines = 0;

  constructor(path: string, maxBytes = defaultMaxBytes) {
    this.#path = path;
    this.#maxBytes = maxBytes;
  }

  get writableLength(): number {
    return this.#pendingLength;
  }

  /** Lines that the disk did not take. */
  get lostLines(): number {
    return this.#lostLines;
  }

  write(text: string): boolean {
    this.#pending.push(text);
    this.#pendingLength += text.length;
    this.#writing ??= this.#drain();
    return true;
  }

  /** Ends when everything given so far is written or lost. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async #drain(): Promise<void> {
    while (this.#pending.length > 0) {
      const lines = this.#pending;
      this.#pending = [];
      this.#pendingLength = 0;
      try {
        await this.#append(Buffer.from(lines.join('')));
      } catch {
        // The log itself can't be logged; the count is what remains.
        this.#lostLines += lines.length;
        this.#size = null;
      }
    }
    this.#writing = undefined;
  }

  async #append(content: Buffer): Promise<void> {
    this.#size ??= await this.#look();
    if (this.#size > 0 && this.#size + content.length > this.#maxBytes) {
      await rename(this.#path, `${this.#path}.1`);
      this.#size = 0;
    }
    await appendFile(this.#path, content, { mode: 0o600 });
    this.#size += content.length;
  }

  async #look(): Promise<number> {
    await mkdir(dirname(this.#path), { recursive: true });
    try {
      return (await stat(this.#path)).size;
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return 0;
      throw error;
    }
  }
}
