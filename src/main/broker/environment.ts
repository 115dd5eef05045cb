/** Where the broker reports what it does. Structural, so that any logger of this shape fits. */
export interface BrokerLogger {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** A timer that has been set and can be called off. */
export interface BrokerTimer {
  cancel(): void;
}

/** Time as the broker needs it, injected so that state machines can be tested without waiting. */
export interface BrokerClock {
  /** Wall-clock time in milliseconds since the epoch; goes into records, never into deadlines. */
  wallMs(): number;
  /** Milliseconds from an arbitrary origin that never goes backwards; every deadline uses it. */
  monotonicMs(): number;
  /** Runs `action` once after `delayMs`. */
  after(delayMs: number, action: () => void): BrokerTimer;
}

/** The clock of the running process. */
export const systemClock: BrokerClock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, action) => {
    const timer = setTimeout(action, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};

/** Drops everything: the default where no logger is given. */
export const silentLogger: BrokerLogger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
