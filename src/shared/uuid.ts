/**
 * A UUIDv7 (RFC 9562): 48 bits of wall time, then 74 random bits. Ids of different milliseconds sort by time.
 *
 * @param nowMs wall time, milliseconds
 */
export function createUuidV7(nowMs: number = Date.now()): string {
  const random = crypto.getRandomValues(new Uint8Array(10));
  random[0] = ((random[0] ?? 0) & 0x0f) | 0x70;
  random[2] = ((random[2] ?? 0) & 0x3f) | 0x80;
  const tail = Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const time = Math.floor(nowMs).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-${tail.slice(0, 4)}-${tail.slice(4, 8)}-${tail.slice(8)}`;
}
