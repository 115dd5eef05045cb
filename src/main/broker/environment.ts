/** Where the broker reports what it does. Structural, so that any logger of this shape fits. */
export interface BrokerLogger {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** Time as the broker needs it, injected so that state machines can be tested without waiting. */
export interface BrokerClock {
  /** Wall-clock time in milliseconds since the epoch; goes into records, never into deadlines. */
  wallTimeMs(): number;
  /** Milliseconds from an arbitrary origin that never goes backwards; every deadline uses it. */
  monotonicMs(): number;
  /** Calls `callback` once after `delayMs`; the returned function cancels it. */
  schedule(callback: () => void, delayMs: number): () => void;
}

/** The clock of the running process. */
export const systemClock: BrokerClock = {
  wallTimeMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  schedule: (callback, delayMs) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Drops everything: the default where no logger is given. */
export const silentLogger: BrokerLogger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
