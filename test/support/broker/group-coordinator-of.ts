import { RawClient } from './raw-client.js';

const FIND_COORDINATOR = 10;
const GROUP = 0;

/** The id of the broker that coordinates the group, as the broker on this port knows it. */
export async function groupCoordinatorOf(port: number, groupId: string): Promise<number> {
  const client = await RawClient.connect(port);
  try {
    const reader = await client.request(FIND_COORDINATOR, 2, (writer) => {
      writer.string(groupId).int8(GROUP);
    });
    reader.int32();
    const code = reader.int16();
    reader.nullableString();
    if (code !== 0) throw new Error(`The coordinator of ${groupId} is not known: error ${code}`);
    return reader.int32();
  } finally {
    client.destroy();
  }
}
