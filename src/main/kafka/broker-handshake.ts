import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { ResonanceError } from '../../shared/errors.js';
import { isTlsRecord, openBrokerSocket } from './broker-socket.js';
import { translateKafkaError } from './translate-error.js';

export interface BrokerAddressParts {
  readonly host: string;
  readonly port: number;
}

/** HOST:PORT, with brackets around an IPv6 address. */
export function parseBroker(address: string): BrokerAddressParts {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  return { host, port: Number(address.slice(colon + 1)) };
}

/** Opens a connection, with TLS where options for it are given. @throws ResonanceError `KAFKA_UNREACHABLE`, `KAFKA_TIMEOUT`, `KAFKA_TLS_FAILED` */
export function openSocket(
  address: string,
  timeoutMs: number,
  signal?: AbortSignal,
  ssl?: ConnectionOptions,
): Promise<Socket> {
  const { host, port } = parseBroker(address);
  return new Promise((resolve, reject) => {
    const socket = openBrokerSocket({ host, port, ssl, signal });
    const timer = setTimeout(() => socket.destroy(timeoutError()), timeoutMs);
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(translateKafkaError(error, `connecting to ${address}`, address));
    });
    socket.once(ssl === undefined ? 'connect' : 'secureConnect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

function timeoutError(): Error {
  return Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' });
}

const apiVersionsKey = 18;
const metadataKey = 3;
const correlationId = 0x5e50;
const clientId = 'resonance-probe';
/** Request header version 1: key, version, correlation id, client id. */
const headerLength = 2 + 2 + 4 + 2 + clientId.length;

/** A whole request frame of an API in a version without tagged fields. */
export function requestFrame(apiKey: number, apiVersion: number, body: Buffer): Buffer {
  const frame = Buffer.alloc(4 + headerLength + body.length);
  let position = frame.writeInt32BE(frame.length - 4, 0);
  position = frame.writeInt16BE(apiKey, position);
  position = frame.writeInt16BE(apiVersion, position);
  position = frame.writeInt32BE(correlationId, position);
  position = frame.writeInt16BE(clientId.length, position);
  position += frame.write(clientId, position, 'latin1');
  body.copy(frame, position);
  return frame;
}

const largestAnswerBytes = 1_048_576;

/**
 * The body of the answer among the bytes received so far, null while more must come.
 *
 * @throws ResonanceError `KAFKA_TLS_FAILED` for a TLS listener, `KAFKA_FAILED` for anything else that is not Kafka
 */
export function readAnswer(bytes: Buffer): Buffer | null {
  if (bytes.length < 2) return null;
  if (isTlsRecord(bytes)) {
    throw new ResonanceError('KAFKA_TLS_FAILED', 'it speaks TLS, and this node tried without', {
      hint: 'Set kafka.security.protocol to ssl (or sasl_ssl where it wants a login), or use a plaintext port.',
    });
  }
  if (bytes.length < 8) return null;
  const length = bytes.readInt32BE(0);
  if (length < 4 || length > largestAnswerBytes || bytes.readInt32BE(4) !== correlationId) {
    throw new ResonanceError('KAFKA_FAILED', 'what answers there is not Kafka', {
      hint: 'Another program listens on this port: check the port in kafka.brokers.',
    });
  }
  return bytes.length < 4 + length ? null : bytes.subarray(8, 4 + length);
}

/** Whether Kafka is at the other end (ApiVersions 0, KIP-35); resolves with the number of APIs that it offers. */
export async function shakeHands(socket: Socket, address: string, timeoutMs: number): Promise<number> {
  const answer = await ask(socket, address, requestFrame(apiVersionsKey, 0, Buffer.alloc(0)), timeoutMs);
  return answer.length < 6 ? 0 : answer.readInt32BE(2);
}

/** HOST:PORT of every broker as it advertises itself (Metadata 1, of no topic). */
export async function readAdvertisedBrokers(
  socket: Socket,
  address: string,
  timeoutMs: number,
): Promise<string[]> {
  const answer = await ask(socket, address, requestFrame(metadataKey, 1, Buffer.alloc(4)), timeoutMs);
  const brokers: string[] = [];
  let position = 4;
  for (let remaining = answer.readInt32BE(0); remaining > 0; remaining -= 1) {
    const hostLength = answer.readInt16BE(position + 4);
    const host = answer.toString('utf8', position + 6, position + 6 + hostLength);
    position += 6 + hostLength;
    brokers.push(joinAddress(host, answer.readInt32BE(position)));
    const rackLength = answer.readInt16BE(position + 4);
    position += 6 + Math.max(0, rackLength);
  }
  return brokers;
}

/** HOST:PORT, with brackets around an IPv6 address. */
export function joinAddress(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function ask(socket: Socket, address: string, request: Buffer, timeoutMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const fail = (error: unknown): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(translateKafkaError(error, `talking to ${address}`, address));
    };
    const timer = setTimeout(() => fail(timeoutError()), timeoutMs);
    socket.on('error', fail);
    socket.on('close', () => fail(Object.assign(new Error('connection closed'), { code: 'ECONNRESET' })));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      try {
        const answer = readAnswer(received);
        if (answer === null) return;
        clearTimeout(timer);
        socket.removeAllListeners();
        resolve(answer);
      } catch (error) {
        fail(error);
      }
    });
    socket.write(request);
  });
}
