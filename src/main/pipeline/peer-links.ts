import type { PeerConfig } from '../../shared/config.js';
import { ResonanceError } from '../../shared/errors.js';
import type { LinkState } from '../../shared/feed.js';
import type { Message } from '../../shared/message.js';

/** What the node uses of a client link to one peer (`ResonanceWebSocketClient`). */
export interface PeerLink {
  readonly link: LinkState;
  readonly roundTripMs: number | null;
  start(): void;
  close(): Promise<void>;
  reconnectNow(): void;
  /** False when it was dropped: not open, or too much waits already. */
  post(message: Message): boolean;
  send(message: Message): Promise<{ readonly ackMs: number }>;
}

export type CreatePeerLink = (name: string, url: string) => PeerLink;

interface Peer {
  url: string;
  link: PeerLink;
}

/** The links to all peers, following the settings: what changed is reconnected, what did not stays as it is. */
export class PeerLinks {
  readonly #createLink: CreatePeerLink;
  readonly #peers = new Map<string, Peer>();
  readonly #overrides = new Map<string, string>();
  #configured: Readonly<Record<string, PeerConfig>> = {};
  #isClosed = false;

  constructor(createLink: CreatePeerLink) {
    this.#createLink = createLink;
  }

  /** Links to these peers and no others. */
  async update(peers: Readonly<Record<string, PeerConfig>>): Promise<void> {
    this.#configured = peers;
    await this.#reconcile();
  }

  /** Sends a peer's link elsewhere without touching the settings (the demo mesh); null goes back to them. */
  async override(name: string, url: string | null): Promise<void> {
    if (url === null) this.#overrides.delete(name);
    else this.#overrides.set(name, url);
    await this.#reconcile();
  }

  /** Where each link goes, by the peer's name. */
  endpoints(): Record<string, string> {
    return Object.fromEntries([...this.#peers].map(([name, { url }]) => [name, url]));
  }

  get(name: string): PeerLink | undefined {
    return this.#peers.get(name)?.link;
  }

  connected(): string[] {
    return [...this.#peers].filter(([, { link }]) => link.link.phase === 'open').map(([name]) => name);
  }

  /** Sends to every open link, without asking for an ack; returns who it went to. */
  postToAll(message: Message): string[] {
    return [...this.#peers].filter(([, { link }]) => link.post(message)).map(([name]) => name);
  }

  /** @throws ResonanceError `NOT_FOUND` */
  reconnect(name: string): void {
    const peer = this.#peers.get(name);
    if (peer === undefined) throw new ResonanceError('NOT_FOUND', `No peer is named ${name}`);
    peer.link.reconnectNow();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#peers.values()].map(({ link }) => link.close()));
  }

  async #reconcile(): Promise<void> {
    if (this.#isClosed) return;
    const wanted = new Map(
      Object.entries(this.#configured).map(([name, { websocket }]) => [name, websocket]),
    );
    for (const [name, url] of this.#overrides) wanted.set(name, url);
    const closing: Promise<void>[] = [];
    for (const [name, peer] of this.#peers) {
      if (wanted.get(name) === peer.url) continue;
      this.#peers.delete(name);
      closing.push(peer.link.close());
    }
    for (const [name, url] of wanted) {
      if (this.#peers.has(name)) continue;
      const link = this.#createLink(name, url);
      this.#peers.set(name, { url, link });
      link.start();
    }
    await Promise.all(closing);
  }
}
