import { ProtocolReader } from './protocol-reader.js';

/** The part of a request header that is the same in every version. */
export interface RequestHeader {
  readonly apiKey: number;
  readonly version: number;
  readonly correlationId: number;
  readonly clientId: string;
  /** Where the rest of the header starts: tagged fields in flexible versions, then the body. */
  readonly end: number;
}

/**
 * Reads a request header (v1; the client id keeps its classic encoding in v2, KIP-482).
 *
 * @throws BrokerError MALFORMED_REQUEST
 */
export function readRequestHeader(frame: Buffer): RequestHeader {
  const reader = new ProtocolReader(frame);
  const apiKey = reader.int16();
  const version = reader.int16();
  const correlationId = reader.int32();
  const clientId = reader.nullableString() ?? '';
  return { apiKey, version, correlationId, clientId, end: reader.offset };
}
