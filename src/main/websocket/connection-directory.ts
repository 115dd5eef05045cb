import type { ConnectionView } from './server-options.js';

/** A client as its server shows it; the node is whoever its messages are from. */
export interface DirectoryMember extends Omit<ConnectionView, 'node'> {
  node: string | null;
}

const nobody: ReadonlySet<never> = new Set<never>();

/** The clients of a server, oldest first, and which of them speak for which node. */
export class ConnectionDirectory<M extends DirectoryMember> {
  readonly #all = new Set<M>();
  readonly #byNode = new Map<string, Set<M>>();
  #bytesOutOfGone = 0;

  get all(): ReadonlySet<M> {
    return this.#all;
  }

  /** Written to the clients that are here, and to those that were. */
  get bytesOut(): number {
    let sum = this.#bytesOutOfGone;
    for (const { bytesOut } of this.#all) sum += bytesOut;
    return sum;
  }

  /** Those that named themselves so. */
  ofNode(node: string): ReadonlySet<M> {
    return this.#byNode.get(node) ?? nobody;
  }

  views(): ConnectionView[] {
    return Array.from(this.#all, ({ id, node, remoteAddress, connectedAtMs, messagesIn, bytesOut }) => ({
      id,
      node,
      remoteAddress,
      connectedAtMs,
      messagesIn,
      bytesOut,
    }));
  }

  add(member: M): void {
    this.#all.add(member);
  }

  remove(member: M): void {
    this.#bytesOutOfGone += member.bytesOut;
    this.#all.delete(member);
    this.#forgetNode(member);
  }

  /** From now on it speaks for this node, and for no other. */
  identify(member: M, node: string): void {
    this.#forgetNode(member);
    member.node = node;
    const members = this.#byNode.get(node);
    if (members === undefined) this.#byNode.set(node, new Set([member]));
    else members.add(member);
  }

  #forgetNode(member: M): void {
    if (member.node === null) return;
    const members = this.#byNode.get(member.node);
    members?.delete(member);
    if (members?.size === 0) this.#byNode.delete(member.node);
  }
}
