import type { GroupProtocol, JoinRequest, JoinResult, SyncResult } from './group-messages.js';

const NO_BYTES = Buffer.alloc(0);

/** One member of a consumer group: its session, what it supports, and whom it keeps waiting. */
export class GroupMember {
  readonly memberId: string;
  groupInstanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  sessionTimeoutMs: number;
  rebalanceTimeoutMs: number;
  protocols: readonly GroupProtocol[];
  assignment: Buffer = NO_BYTES;
  /** Monotonic time at which the member is taken for dead unless it is heard of. */
  sessionDeadlineMs: number;
  /** Set while the member's JoinGroup waits for the rebalance. */
  replyToJoin: ((result: JoinResult) => void) | undefined;
  /** Set while the member's SyncGroup waits for the leader's assignment. */
  replyToSync: ((result: SyncResult) => void) | undefined;

  constructor(memberId: string, request: JoinRequest, nowMs: number) {
    this.memberId = memberId;
    this.groupInstanceId = request.groupInstanceId;
    this.clientId = request.clientId;
    this.clientHost = request.clientHost;
    this.sessionTimeoutMs = request.sessionTimeoutMs;
    this.rebalanceTimeoutMs = request.rebalanceTimeoutMs;
    this.protocols = ownProtocols(request.protocols);
    this.sessionDeadlineMs = nowMs + request.sessionTimeoutMs;
  }

  /** A member is not expired while the broker owes it an answer. */
  get isWaiting(): boolean {
    return this.replyToJoin !== undefined || this.replyToSync !== undefined;
  }

  /** Bytes that clients made this member hold. */
  get sizeBytes(): number {
    const names = this.memberId.length + this.clientId.length + (this.groupInstanceId?.length ?? 0);
    return names + protocolBytes(this.protocols) + this.assignment.length;
  }

  touch(nowMs: number): void {
    this.sessionDeadlineMs = nowMs + this.sessionTimeoutMs;
  }

  update(request: JoinRequest): void {
    this.sessionTimeoutMs = request.sessionTimeoutMs;
    this.rebalanceTimeoutMs = request.rebalanceTimeoutMs;
    this.protocols = ownProtocols(request.protocols);
  }

  supportsExactly(protocols: readonly GroupProtocol[]): boolean {
    return (
      protocols.length === this.protocols.length &&
      protocols.every((protocol, index) => {
        const own = this.protocols[index];
        return own !== undefined && own.name === protocol.name && own.metadata.equals(protocol.metadata);
      })
    );
  }

  metadataFor(protocolName: string | null): Buffer {
    return this.protocols.find((protocol) => protocol.name === protocolName)?.metadata ?? NO_BYTES;
  }
}

/** Bytes of names and metadata together. */
export function protocolBytes(protocols: readonly GroupProtocol[]): number {
  return protocols.reduce((sum, { name, metadata }) => sum + name.length + metadata.length, 0);
}

/** Copies the metadata: the request's buffers are views of a network frame, which would be kept alive. */
function ownProtocols(protocols: readonly GroupProtocol[]): GroupProtocol[] {
  return protocols.map(({ name, metadata }) => ({ name, metadata: Buffer.from(metadata) }));
}
