/**
 * Equal pieces of memory in a row, numbered from 0 on for ever: grown at one end, given up at the other. One that was
 * given up is used again, so that a row which keeps its length asks for no more memory.
 */
export class PieceQueue<T> {
  readonly #create: () => T;
  readonly #pieces: T[] = [];
  #first = 0;
  #spare: T | null = null;

  /** @param create makes a piece; what it holds is of no account, nor is what a piece holds that is used again */
  constructor(create: () => T) {
    this.#create = create;
  }

  /** Pieces in memory. */
  get count(): number {
    return this.#pieces.length + (this.#spare === null ? 0 : 1);
  }

  /** @throws RangeError when it is given up, or not reached yet */
  at(number: number): T {
    const piece = this.#pieces[number - this.#first];
    if (piece === undefined) throw new RangeError(`there is no piece ${number}`);
    return piece;
  }

  /** The same, and makes it where the row ends right before it. */
  reach(number: number): T {
    if (number === this.#first + this.#pieces.length) {
      this.#pieces.push(this.#spare ?? this.#create());
      this.#spare = null;
    }
    return this.at(number);
  }

  /** Gives up every piece before this one. The row may end up empty; then it goes on there. */
  releaseBefore(number: number): void {
    while (this.#first < number) {
      this.#spare = this.#pieces.shift() ?? this.#spare;
      this.#first += 1;
    }
  }
}
