import { openSocket, shakeHands } from './broker-handshake.js';

export interface ProbeOptions {
  /** Longest wait for each broker, all asked at once. Default 1,500 ms. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Whether any of the addresses (HOST:PORT) speaks Kafka, with or without TLS. Never rejects. */
export async function probeBrokers(
  addresses: readonly string[],
  options: ProbeOptions = {},
): Promise<boolean> {
  const { timeoutMs = 1_500, signal } = options;
  try {
    await Promise.any(addresses.map((address) => probe(address, timeoutMs, signal)));
    return true;
  } catch {
    // Nobody answered; which is the answer.
    return false;
  }
}

async function probe(address: string, timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
  const startMs = performance.now();
  const socket = await openSocket(address, timeoutMs, signal);
  try {
    await shakeHands(socket, address, Math.max(1, timeoutMs - (performance.now() - startMs)));
  } catch (error) {
    // A listener that wants TLS is a broker as well, only one that needs settings.
    if (!(error instanceof Error && 'code' in error && error.code === 'KAFKA_TLS_FAILED')) throw error;
  } finally {
    socket.destroy();
  }
}
