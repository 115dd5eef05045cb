import type { Socket } from 'node:net';

/**
 * kafkajs decodes answers inside the socket's `data` event, where what it throws ends the process: for an answer that is too
 * short for its own header, for one (https://github.com/tulios/kafkajs/issues/715). Whoever listens at a configured
 * address could end the node so. The connection is dropped instead.
 */
export function containDecodingErrors(socket: Socket): void {
  const emit = socket.emit.bind(socket);
  socket.emit = (event: string | symbol, ...values: unknown[]): boolean => {
    if (event !== 'data') return emit(event, ...values);
    try {
      return emit(event, ...values);
    } catch (error) {
      socket.destroy(error instanceof Error ? error : new Error(String(error)));
      return true;
    }
  };
}
