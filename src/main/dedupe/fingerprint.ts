/** 64 bits in two halves; never both 0. */
export type Fingerprint = Uint32Array;

export function createFingerprint(): Fingerprint {
  return new Uint32Array(2);
}

const uuidLength = 36;
const versionAt = 14;
const hyphensAt = [8, 13, 18, 23] as const;
const hyphen = '-'.charCodeAt(0);
const seven = '7'.charCodeAt(0);

/**
 * Writes the fingerprint of a UUIDv7 (RFC 9562) into `into`: all 128 bits take part, and its 62 last random bits are kept
 * one to one. Two of a million ids have the same with a chance of one in 10^7, and all of a node's life in messages does
 * not see one.
 *
 * @returns false, and nothing written, for any other text: an `id` that a foreign program uses for something else must
 *   not make its messages look like repeats
 */
export function fingerprintOf(id: string, into: Fingerprint): boolean {
  if (id.length !== uuidLength || id.charCodeAt(versionAt) !== seven) return false;
  for (const at of hyphensAt) if (id.charCodeAt(at) !== hyphen) return false;
  const time = readHex(id, 0, 8);
  const rest = readHex(id, 9, 13) * 0x1_0000 + readHex(id, 14, 18);
  const high = readHex(id, 19, 23) * 0x1_0000 + readHex(id, 24, 28);
  const low = readHex(id, 28, uuidLength);
  if (Number.isNaN(time + rest + high + low)) return false;
  const spread = mix(time ^ mix(rest));
  into[0] = mix(low ^ spread);
  into[1] = mix(high ^ spread ^ 0x9e37_79b9);
  if (into[0] === 0 && into[1] === 0) into[1] = 1;
  return true;
}

/** NaN when it is none. */
function readHex(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) value = value * 16 + (hexDigits[text.charCodeAt(at)] ?? Number.NaN);
  return value;
}

const hexDigits: readonly number[] = Array.from({ length: 128 }, (_, code) =>
  Number.parseInt(String.fromCharCode(code), 16),
);

/** Every bit of the input changes half of the output's (MurmurHash3's finaliser), one to one. */
function mix(value: number): number {
  let bits = value;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85eb_ca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2_ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
