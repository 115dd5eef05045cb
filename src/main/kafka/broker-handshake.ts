import { connect, type Socket } from 'node:net';
import { ResonanceError } from '../../shared/errors.js';
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

/** Opens a TCP connection. @throws ResonanceError `KAFKA_UNREACHABLE`, `KAFKA_TIMEOUT` */
export function openSocket(address: string, timeoutMs: number, signal?: AbortSignal): Promise<Socket> {
  const { host, port } = parseBroker(address);
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, ...(signal === undefined ? {} : { signal }) });
    const timer = setTimeout(() => socket.destroy(timeoutError()), timeoutMs);
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(translateKafkaError(error, `connecting to ${address}`, address));
    });
    socket.once('connect', () => {
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
const correlationId = 0x5e50;
const clientId = 'resonance-probe';

/** An ApiVersions request, version 0: the one request that every broker answers before anything else (KIP-35). */
export function apiVersionsRequest(): Buffer {
  const name = Buffer.from(clientId);
  const request = Buffer.alloc(4 + 2 + 2 + 4 + 2 + name.length);
  let position = request.writeInt32BE(request.length - 4, 0);
  position = request.writeInt16BE(apiVersionsKey, position);
  position = request.writeInt16BE(0, position);
  position = request.writeInt32BE(correlationId, position);
  position = request.writeInt16BE(name.length, position);
  name.copy(request, position);
  return request;
}

const tlsAlert = 0x15;
const tlsHandshake = 0x16;
const largestAnswerBytes = 65_536;

/**
 * Whether the bytes received so far are an answer to {@link apiVersionsRequest}: its error code and number of APIs,
 * null while more must come.
 *
 * @throws ResonanceError `KAFKA_TLS_FAILED` for a TLS listener, `KAFKA_FAILED` for anything else that is not Kafka
 */
export function readApiVersionsAnswer(bytes: Buffer): { errorCode: number; apiCount: number } | null {
  if (bytes.length === 0) return null;
  if ((bytes[0] === tlsAlert || bytes[0] === tlsHandshake) && (bytes.length === 1 || bytes[1] === 3)) {
    if (bytes.length === 1) return null;
    throw new ResonanceError('KAFKA_TLS_FAILED', 'it speaks TLS', {
      hint: 'This listener wants TLS: switch it on in the Kafka settings, or use a plaintext port.',
    });
  }
  if (bytes.length < 14) return null;
  const length = bytes.readInt32BE(0);
  if (length < 10 || length > largestAnswerBytes || bytes.readInt32BE(4) !== correlationId) {
    throw new ResonanceError('KAFKA_FAILED', 'what answers there is not Kafka', {
      hint: 'Another program listens on this port: check the port in kafka.brokers.',
    });
  }
  return { errorCode: bytes.readInt16BE(8), apiCount: bytes.readInt32BE(10) };
}

/** Asks over an open socket whether Kafka is at the other end; resolves with the number of APIs that it offers. */
export function shakeHands(socket: Socket, address: string, timeoutMs: number): Promise<number> {
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
        const answer = readApiVersionsAnswer(received);
        if (answer === null) return;
        clearTimeout(timer);
        socket.removeAllListeners();
        resolve(answer.apiCount);
      } catch (error) {
        fail(error);
      }
    });
    socket.write(apiVersionsRequest());
  });
}
