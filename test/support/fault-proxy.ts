import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * What the proxy does to its connections:
 *
 * - `pass`: nothing.
 * - `refuse`: it does not listen; open connections are reset.
 * - `reset`: it accepts and resets, new and open connections alike.
 * - `blackhole`: whatever is sent is lost, and with it the connections that are open; new ones wait until it heals.
 * - `stall`: nothing gets through until it heals, then everything does: TCP over a network that lost its packets.
 * - `half-open`: the connections that are open now are dead, and neither end is told; new ones pass.
 * - `deaf`: requests get through, answers don't: what the far end acknowledged is lost.
 * - `trickle`: one byte a second in each direction.
 * - `delay`: everything arrives half a second late.
 */
export type LinkFault =
  | 'pass'
  | 'refuse'
  | 'reset'
  | 'blackhole'
  | 'stall'
  | 'half-open'
  | 'deaf'
  | 'trickle'
  | 'delay';

/** Another address of the loopback interface: a broker that advertises this host and its own port is reached through the proxy. */
export const proxyHost = '127.0.0.2';

const delayMs = 500;
const trickleMs = 1_000;

interface Link {
  readonly near: Socket;
  readonly far: Socket;
  /** Directions in which bytes were lost: TCP delivers nothing behind a gap, so nothing ever gets through again. */
  readonly dead: Set<Direction>;
  /** Neither end is read. */
  isHeld: boolean;
}

type Direction = 'request' | 'answer';

/** A TCP link on loopback that can be made to fail while it is in use. */
export class FaultProxy {
  readonly #server: Server;
  readonly #links = new Set<Link>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #target: number;
  #fault: LinkFault = 'pass';

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((near) => this.#accept(near));
  }

  /** Leads to a port of 127.0.0.1 from the same port of {@link proxyHost}. */
  static async start(target: number): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    await proxy.#listen();
    return proxy;
  }

  /** HOST:PORT that clients connect to. */
  get address(): string {
    return `${proxyHost}:${this.#target}`;
  }

  get openLinks(): number {
    return this.#links.size;
  }

  /** From now on the link behaves so; what is already on its way keeps its fate. */
  async set(fault: LinkFault): Promise<void> {
    const wasRefusing = this.#fault === 'refuse';
    this.#fault = fault;
    if (fault === 'refuse' || fault === 'reset') this.resetAll();
    for (const link of this.#links) {
      if (fault === 'half-open') link.dead.add('request').add('answer');
      if (fault === 'stall') hold(link);
      else if (fault !== 'blackhole') letGo(link);
    }
    if (fault === 'refuse' && !wasRefusing) await this.#stopListening();
    if (fault !== 'refuse' && wasRefusing) await this.#listen();
  }

  /** Resets every open connection once. */
  resetAll(): void {
    for (const { near, far } of this.#links) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.resetAll();
    if (this.#server.listening) await this.#stopListening();
  }

  async #listen(): Promise<void> {
    this.#server.listen(this.#target, proxyHost);
    await once(this.#server, 'listening');
  }

  async #stopListening(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  #accept(near: Socket): void {
    if (this.#fault === 'reset') {
      near.resetAndDestroy();
      return;
    }
    const far = connect(this.#target, '127.0.0.1');
    const link: Link = { near, far, dead: new Set(), isHeld: false };
    this.#links.add(link);
    this.#pump(link, near, far, 'request');
    this.#pump(link, far, near, 'answer');
    if (this.#fault === 'stall' || this.#fault === 'blackhole') hold(link);
    for (const socket of [near, far]) {
      // The other side's end is the only news that matters here.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        if (near.destroyed && far.destroyed) this.#links.delete(link);
        // Through a dead link the other end does not hear of it.
        if (this.#fault === 'blackhole' || link.isHeld || link.dead.size > 0) return;
        near.destroy();
        far.destroy();
      });
    }
  }

  #pump(link: Link, from: Socket, to: Socket, direction: Direction): void {
    let delayed = 0;
    from.on('data', (chunk: Buffer) => {
      if (link.dead.has(direction)) return;
      switch (this.#fault) {
        case 'blackhole':
          link.dead.add(direction);
          return;
        case 'deaf':
          if (direction === 'request') to.write(chunk);
          else link.dead.add(direction);
          return;
        case 'trickle':
          this.#trickle(from, to, chunk, 0);
          return;
        default:
          if (this.#fault !== 'delay' && delayed === 0) {
            to.write(chunk);
            return;
          }
          // What comes behind something late is late as well: no byte overtakes another.
          delayed += 1;
          this.#after(delayMs, () => {
            delayed -= 1;
            to.write(chunk);
          });
      }
    });
  }

  #trickle(from: Socket, to: Socket, chunk: Buffer, position: number): void {
    from.pause();
    if (this.#fault !== 'trickle' || position >= chunk.length) {
      to.write(chunk.subarray(position));
      from.resume();
      return;
    }
    to.write(chunk.subarray(position, position + 1));
    this.#after(trickleMs, () => this.#trickle(from, to, chunk, position + 1));
  }

  #after(milliseconds: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, milliseconds);
    this.#timers.add(timer);
  }
}

/** What is not read waits in the sockets, as it would in a network. */
function hold(link: Link): void {
  link.isHeld = true;
  link.near.pause();
  link.far.pause();
}

function letGo(link: Link): void {
  if (!link.isHeld) return;
  link.isHeld = false;
  for (const [end, other] of [
    [link.near, link.far],
    [link.far, link.near],
  ] as const) {
    if (other.destroyed) end.destroy();
    else end.resume();
  }
}
