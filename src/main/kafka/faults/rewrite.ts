/** Bytes of which some parts are replaced; those that stay are not copied before the end, and not at all if all stay. */
export class Rewrite {
  readonly #original: Buffer;
  readonly #parts: Buffer[] = [];
  #copiedTo = 0;

  constructor(original: Buffer) {
    this.#original = original;
  }

  replace(start: number, end: number, bytes: Buffer): void {
    this.#parts.push(this.#original.subarray(this.#copiedTo, start), bytes);
    this.#copiedTo = end;
  }

  /** Records and their length before them. */
  replaceRecords(start: number, end: number, records: Buffer): void {
    const length = Buffer.alloc(4);
    length.writeInt32BE(records.length);
    this.replace(start, end, length);
    this.#parts.push(records);
  }

  finish(): Buffer {
    if (this.#parts.length === 0) return this.#original;
    return Buffer.concat([...this.#parts, this.#original.subarray(this.#copiedTo)]);
  }
}
