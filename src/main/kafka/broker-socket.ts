import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';

export interface BrokerSocketOptions {
  readonly host: string;
  readonly port: number;
  /** TLS options; absent: a plaintext connection. */
  readonly ssl?: ConnectionOptions | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Codes that this file gives to socket errors, beside Node's own. */
export const socketErrorCodes = {
  /** A plaintext client got TLS for an answer. */
  listenerWantsTls: 'LISTENER_WANTS_TLS',
  /** The other end dropped the connection before TLS was agreed on. */
  handshakeDropped: 'TLS_HANDSHAKE_DROPPED',
  /** The other end dropped a plaintext connection before it had answered anything. */
  unanswered: 'DROPPED_UNANSWERED',
} as const;

/**
 * Opens a connection to a broker and tells the ways to choose the wrong protocol from other failures: kafkajs would take a
 * TLS alert for the length of an endless answer, Node calls a broker that closes on a TLS greeting a reset, and one that
 * goes away in the middle of its work looks like one that wants another protocol from the start.
 */
export function openBrokerSocket(options: BrokerSocketOptions, onConnect?: () => void): Socket {
  const { host, port, ssl, signal } = options;
  if (ssl !== undefined) {
    const secure = connectTls(
      { host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...ssl },
      onConnect,
    );
    const name = (error: Error & { code?: string }): void => {
      if (error.code === 'ECONNRESET') error.code = socketErrorCodes.handshakeDropped;
    };
    secure.once('error', name);
    secure.once('secureConnect', () => secure.off('error', name));
    signal?.addEventListener('abort', () => secure.destroy(), { once: true });
    return secure;
  }
  const plain = connectTcp({ host, port, ...(signal === undefined ? {} : { signal }) }, onConnect);
  plain.once('data', (chunk: Buffer) => {
    if (!isTlsRecord(chunk)) return;
    plain.destroy(Object.assign(new Error('it speaks TLS'), { code: socketErrorCodes.listenerWantsTls }));
  });
  nameUnansweredEnd(plain);
  return plain;
}

/** Makes an end of the connection before the first answer an error of its own; whoever listens for the end need not know. */
function nameUnansweredEnd(socket: Socket): void {
  const emit = socket.emit.bind(socket);
  const code = socketErrorCodes.unanswered;
  socket.emit = (event: string | symbol, ...values: unknown[]): boolean => {
    const isUnanswered = socket.bytesRead === 0 && !socket.writableEnded;
    if (isUnanswered && event === 'end') {
      socket.destroy(Object.assign(new Error('dropped before the first answer'), { code }));
      return true;
    }
    const [error] = values;
    if (isUnanswered && event === 'error' && error instanceof Error && 'code' in error) {
      if (error.code === 'ECONNRESET') error.code = code;
    }
    return emit(event, ...values);
  };
}

const tlsAlert = 0x15;
const tlsHandshake = 0x16;

/** Whether bytes begin like an alert or handshake record of TLS (RFC 8446, section 5.1). */
export function isTlsRecord(bytes: Uint8Array): boolean {
  return (bytes[0] === tlsAlert || bytes[0] === tlsHandshake) && bytes[1] === 3;
}
