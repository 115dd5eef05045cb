import type { ErrorCode } from '../../../src/main/broker/protocol/error-code.js';
import { RawClient } from './raw-client.js';

const OFFSET_COMMIT = 8;

export interface OffsetToCommit {
  readonly groupId: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint | number;
  readonly note?: string;
}

/** Commits one offset for a group without members, in one request that nobody repeats; what the broker answered. */
export async function commitOffset(port: number, commit: OffsetToCommit): Promise<ErrorCode> {
  const { groupId, topic, partition, offset, note = '' } = commit;
  const client = await RawClient.connect(port);
  try {
    const reader = await client.request(OFFSET_COMMIT, 5, (writer) => {
      writer.string(groupId).int32(-1).string('');
      writer.array([topic], (w, name) => {
        w.string(name).array([partition], (p) =>
          p.int32(partition).int64(Number(offset)).nullableString(note),
        );
      });
    });
    reader.int32();
    const [partitions] = reader.array((r) => {
      r.string();
      return r.array((p) => [p.int32(), p.int16()] as const);
    });
    const code = partitions?.[0]?.[1];
    if (code === undefined) throw new Error('the broker answered for no partition');
    return code as ErrorCode;
  } finally {
    client.destroy();
  }
}
