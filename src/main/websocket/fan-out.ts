/** A frame as long as this is written on its own, shared by all clients and never copied. */
const largeFrameBytes = 65_536;

/** What one turn may gather before it is written, so that memory and latency stay bounded. */
const maxTurnBytes = 262_144;

/** Where one client's stream differs from what all get: the bytes from `start` to `end` are replaced by `insert`. */
export interface StreamEdit {
  readonly start: number;
  readonly end: number;
  readonly insert: Buffer | null;
}

/** A client as the fan-out sees it. Both fields belong to the fan-out while the client is a member. */
export interface FanOutMember {
  /** Where in this turn's stream the client's part begins. */
  streamStart: number;
  /** In stream order. */
  streamEdits: StreamEdit[];
  /** Writes whole frames, in order, to the client's socket. */
  write(chunks: readonly Buffer[], byteLength: number): void;
}

export interface FanOutOptions {
  /** Longest time a frame waits for others to join it. Default 5 ms. */
  readonly maxDelayMs?: number;
  readonly monotonicMs: () => number;
}

/**
 * Writes to many sockets with few system calls: what one turn of the event loop has for a client is joined and written
 * at once. The wire still has one message a frame (docs/decisions/websocket-fanout.md).
 *
 * All clients share one stream of frames per turn; what a client gets beside or instead of it (its own message left
 * out, its ack put in) is an edit of that stream. So a relayed message costs the same for one client as for a thousand
 * until the turn ends, and then one write a client.
 */
export class FanOut<M extends FanOutMember> {
  readonly #monotonicMs: () => number;
  readonly #maxDelayMs: number;
  readonly #members = new Set<M>();
  readonly #edited = new Set<M>();
  #frames: Buffer[] = [];
  #joined: Buffer | null = null;
  #streamBytes = 0;
  #insertBytes = 0;
  #turnStartedMs = 0;
  #immediate: NodeJS.Immediate | null = null;

  constructor(options: FanOutOptions) {
    this.#monotonicMs = options.monotonicMs;
    this.#maxDelayMs = options.maxDelayMs ?? 5;
  }

  add(member: M): void {
    member.streamStart = this.#streamBytes;
    member.streamEdits = [];
    this.#members.add(member);
  }

  /** Forgets the client and whatever was not yet written to it. */
  remove(member: M): void {
    this.#members.delete(member);
    this.#edited.delete(member);
  }

  /** Queues a frame for every client. */
  sendToAll(frame: Buffer): void {
    this.#append(frame);
    this.#queued(frame.length);
  }

  /** Queues a frame for every client but its sender, who gets `answer` in its place. */
  relay(frame: Buffer, sender: M, answer: Buffer): void {
    const start = this.#append(frame);
    this.#edit(sender, start, start + frame.length, answer);
    this.#queued(frame.length);
  }

  /** Queues a frame for one client. */
  sendTo(member: M, frame: Buffer): void {
    this.#edit(member, this.#streamBytes, this.#streamBytes, frame);
    this.#queued(frame.length);
  }

  /** Writes everything now. */
  flush(): void {
    if (this.#immediate !== null) {
      clearImmediate(this.#immediate);
      this.#immediate = null;
    }
    const streamBytes = this.#streamBytes;
    for (const member of streamBytes > 0 ? this.#members : this.#edited) {
      this.#write(member);
      member.streamStart = 0;
      if (member.streamEdits.length > 0) member.streamEdits = [];
    }
    this.#edited.clear();
    this.#frames = [];
    this.#joined = null;
    this.#streamBytes = 0;
    this.#insertBytes = 0;
  }

  /** Writes to one client what it is due so far, before something else (a close frame) is written to it. */
  flushMember(member: M): void {
    if (!this.#members.has(member)) return;
    this.#write(member);
    member.streamStart = this.#streamBytes;
    member.streamEdits = [];
    this.#edited.delete(member);
  }

  #append(frame: Buffer): number {
    if (frame.length >= largeFrameBytes && this.#streamBytes > 0) this.flush();
    const start = this.#streamBytes;
    this.#frames.push(frame);
    this.#joined = null;
    this.#streamBytes += frame.length;
    return start;
  }

  #edit(member: M, start: number, end: number, insert: Buffer): void {
    if (!this.#members.has(member)) return;
    member.streamEdits.push({ start, end, insert });
    this.#insertBytes += insert.length;
    this.#edited.add(member);
  }

  #queued(byteLength: number): void {
    const isFull = byteLength >= largeFrameBytes || this.#streamBytes + this.#insertBytes >= maxTurnBytes;
    if (this.#immediate === null) {
      if (isFull) {
        this.flush();
        return;
      }
      this.#turnStartedMs = this.#monotonicMs();
      // Immediates run after the sockets of this turn were read: under load that is what joins messages, and when
      // there is only one it costs no time.
      this.#immediate = setImmediate(() => {
        this.#immediate = null;
        this.flush();
      });
    } else if (isFull || this.#monotonicMs() - this.#turnStartedMs >= this.#maxDelayMs) {
      this.flush();
    }
  }

  #write(member: M): void {
    const streamBytes = this.#streamBytes;
    const edits = member.streamEdits;
    if (edits.length === 0 && member.streamStart === 0) {
      if (streamBytes > 0) member.write([this.#stream()], streamBytes);
      return;
    }
    const chunks: Buffer[] = [];
    let byteLength = 0;
    let position = member.streamStart;
    for (const { start, end, insert } of edits) {
      if (start > position) {
        chunks.push(this.#stream().subarray(position, start));
        byteLength += start - position;
      }
      if (insert !== null) {
        chunks.push(insert);
        byteLength += insert.length;
      }
      position = end;
    }
    if (streamBytes > position) {
      chunks.push(this.#stream().subarray(position, streamBytes));
      byteLength += streamBytes - position;
    }
    if (byteLength > 0) member.write(chunks, byteLength);
  }

  /** This turn's frames in one buffer; made once for all clients. */
  #stream(): Buffer {
    const only = this.#frames.length === 1 ? this.#frames[0] : undefined;
    this.#joined ??= only ?? Buffer.concat(this.#frames, this.#streamBytes);
    return this.#joined;
  }
}
