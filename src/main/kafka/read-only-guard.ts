import type { Socket } from 'node:net';

/** Groups of taps: made for one look, without commits. */
export const tapGroupPrefix = 'resonance-tap-';

/** Requests that change nothing, by API key: Fetch, ListOffsets, Metadata, OffsetFetch, FindCoordinator, DescribeGroups, ... */
const readingApis: ReadonlySet<number> = new Set([1, 2, 3, 9, 10, 15, 16, 17, 18, 23, 29, 32, 35, 36]);
/** JoinGroup, Heartbeat, LeaveGroup, SyncGroup: for the group of a tap alone. */
const membershipApis: ReadonlySet<number> = new Set([11, 12, 13, 14]);

/** Whether a whole request frame (length, API key, version, correlation id, client id, body) may go to a watched cluster. */
export function mayPass(frame: Buffer): boolean {
  if (frame.length < 14) return false;
  const apiKey = frame.readInt16BE(4);
  if (readingApis.has(apiKey)) return true;
  if (!membershipApis.has(apiKey)) return false;
  // Their first field is the group's id, in every version that kafkajs uses.
  const group = 14 + Math.max(0, frame.readInt16BE(12));
  if (frame.length < group + 2) return false;
  const length = frame.readInt16BE(group);
  return frame.toString('utf8', group + 2, group + 2 + length).startsWith(tapGroupPrefix);
}

/**
 * The last line of the read-only lock: whatever the code above it does, a request that could change something on the
 * cluster ends the connection instead of going out. kafkajs writes one whole request at a time.
 */
export function guardSocket(socket: Socket): void {
  const write = socket.write.bind(socket) as (chunk: Uint8Array | string, ...rest: never[]) => boolean;
  socket.write = (chunk: Uint8Array | string, ...rest: never[]): boolean => {
    const frame = typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : Buffer.from(chunk);
    if (mayPass(frame)) return write(chunk, ...rest);
    socket.destroy(
      new Error(`refused to send a request of API ${frame.length < 6 ? '?' : frame.readInt16BE(4)}`),
    );
    return false;
  };
}
