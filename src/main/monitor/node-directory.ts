import type { Envelope } from '../../shared/envelope.js';
import { copyOfBeginning } from './bounded-text.js';
import { NodeRecord } from './node-record.js';

/** Nodes told apart; messages of further ones are only counted. */
export const maxNodes = 256;

const maxNameLength = 128;
const maxAnchorLength = 256;

/** A full directory gives up a node that is not configured and was not heard for so long. */
const forgetAfterMs = 60_000;

/**
 * Who sent a message: the connection's node, else `source`, else the node whose anchor it is, where no other node has
 * the same (old nodes name themselves over Kafka by anchor alone: docs/protocol.md, Messages).
 */
export class NodeDirectory {
  readonly #records = new Map<string, NodeRecord>();
  readonly #byAnchor = new Map<string, Set<NodeRecord>>();
  #lastRecord: NodeRecord | null = null;
  #messagesUnattributed = 0;
  #messagesOfNodesBeyondLimit = 0;

  /** Messages whose sender could not be told. */
  get messagesUnattributed(): number {
    return this.#messagesUnattributed;
  }

  /** Messages of nodes beyond {@link maxNodes}. */
  get messagesOfNodesBeyondLimit(): number {
    return this.#messagesOfNodesBeyondLimit;
  }

  get records(): IterableIterator<NodeRecord> {
    return this.#records.values();
  }

  get(name: string): NodeRecord | undefined {
    return this.#records.get(name);
  }

  /** The node by that name, configured from now on; made when it is not there. */
  configure(name: string): NodeRecord {
    let record = this.#records.get(name);
    if (record === undefined) {
      record = new NodeRecord(name);
      this.#records.set(name, record);
    }
    record.isConfigured = true;
    return record;
  }

  /** The sender of a message, known from now on; `null` when it cannot be told. */
  resolve(envelope: Envelope): NodeRecord | null {
    const { message } = envelope;
    const name = envelope.node ?? message.source;
    const record = name === undefined ? this.#byUniqueAnchor(message.anchor) : this.#byName(name);
    if (record !== null && message.anchor !== undefined && record.anchor !== message.anchor) {
      this.#learnAnchor(record, message.anchor);
    }
    return record;
  }

  /** Once a second. @param nowMs attention time */
  tick(nowMs: number): void {
    if (this.#records.size < maxNodes) return;
    for (const record of this.#records.values()) {
      if (record.isConfigured || record.isSelf || record.isHeardSinceTick) continue;
      if (nowMs - record.lastHeardMs >= forgetAfterMs) this.forget(record);
    }
  }

  /** Known no more; the next message of that node makes it anew. */
  forget(record: NodeRecord): void {
    this.#dropAnchor(record);
    this.#records.delete(record.name);
    if (this.#lastRecord === record) this.#lastRecord = null;
  }

  #byName(name: string): NodeRecord | null {
    // Messages come in runs of one sender.
    if (this.#lastRecord?.name === name) return this.#lastRecord;
    let record = this.#records.get(name);
    if (record === undefined) {
      if (name === '' || name.length > maxNameLength) {
        this.#messagesUnattributed += 1;
        return null;
      }
      if (this.#records.size >= maxNodes) {
        this.#messagesOfNodesBeyondLimit += 1;
        return null;
      }
      record = new NodeRecord(name);
      this.#records.set(name, record);
    }
    this.#lastRecord = record;
    return record;
  }

  #byUniqueAnchor(anchor: string | undefined): NodeRecord | null {
    const holders = anchor === undefined ? undefined : this.#byAnchor.get(anchor);
    if (holders?.size === 1) {
      for (const record of holders) return record;
    }
    this.#messagesUnattributed += 1;
    return null;
  }

  #learnAnchor(record: NodeRecord, text: string): void {
    const anchor = copyOfBeginning(text, maxAnchorLength);
    this.#dropAnchor(record);
    record.anchor = anchor;
    const holders = this.#byAnchor.get(anchor);
    if (holders === undefined) this.#byAnchor.set(anchor, new Set([record]));
    else holders.add(record);
  }

  #dropAnchor(record: NodeRecord): void {
    if (record.anchor === null) return;
    const holders = this.#byAnchor.get(record.anchor);
    holders?.delete(record);
    if (holders?.size === 0) this.#byAnchor.delete(record.anchor);
  }
}
