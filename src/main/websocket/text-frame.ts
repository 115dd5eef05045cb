const finalTextFrame = 0x81;

/**
 * One unmasked, unfragmented text frame (RFC 6455, section 5.2), header and payload in one buffer.
 *
 * Framed by hand because a relayed message is framed once for all clients, where `ws` frames it for each.
 *
 * @param payload UTF-8 text; copied
 */
export function frameText(payload: Uint8Array): Buffer {
  const length = payload.length;
  const headerLength = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(headerLength + length);
  frame[0] = finalTextFrame;
  if (headerLength === 2) {
    frame[1] = length;
  } else if (headerLength === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.set(payload, headerLength);
  return frame;
}
