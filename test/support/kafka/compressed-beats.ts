import { readFileSync } from 'node:fs';

/** 140,000 bytes of the same few lines. */
export function beats(): Buffer {
  const lines = Array.from(
    { length: 2_500 },
    (_, index) => `{"type":"heartbeat","id":"id-${index % 7}","message":"still here"}\n`,
  );
  return Buffer.from(lines.join(''));
}

/** {@link beats} as a reference tool compressed it: a file of test/support/compressed. */
export function compressedBeats(name: string): Buffer {
  return readFileSync(new URL(`../compressed/${name}`, import.meta.url));
}

/** Bytes in the framing of snappy-java. */
export function xerialFrame(blocks: readonly Uint8Array[]): Buffer {
  const header = Buffer.from([0x82, ...Buffer.from('SNAPPY'), 0, 0, 0, 0, 1, 0, 0, 0, 1]);
  return Buffer.concat([header, ...blocks.flatMap((block) => [int32(block.length), block])]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
