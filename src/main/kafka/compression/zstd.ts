import { ZSTDDecoder } from 'zstddec';
import { TooLargeError } from './codec.js';

const decoder = new ZSTDDecoder();

/** @throws Error for damaged bytes, {@link TooLargeError} when the frame announces more than `maxBytes` */
export async function readZstd(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  await decoder.init();
  const announced = announcedBytes(bytes);
  if (announced !== undefined && announced > maxBytes) throw new TooLargeError(maxBytes);
  // A frame that was streamed (Java's client) does not announce its size. Memory that is not written to costs nothing.
  const content = decoder.decode(bytes, Math.max(1, announced ?? maxBytes));
  // The decoder says of every failure, a lack of room too, that nothing came out.
  if (content.length === 0) throw new Error(`damaged, or more than ${maxBytes} bytes when decompressed`);
  return content;
}

/** The content size in the header of the first frame (RFC 8878, 3.1.1.1), where it has one. */
function announcedBytes(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 18 || view.getUint32(0, true) !== 0xfd2fb528) return undefined;
  const descriptor = view.getUint8(4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryIdBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const at = 5 + (isSingleSegment ? 0 : 1) + dictionaryIdBytes;
  switch (descriptor >>> 6) {
    case 0:
      return isSingleSegment ? view.getUint8(at) : undefined;
    case 1:
      return view.getUint16(at, true) + 256;
    case 2:
      return view.getUint32(at, true);
    default:
      return Number(view.getBigUint64(at, true));
  }
}
