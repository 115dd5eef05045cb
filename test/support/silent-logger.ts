import type { Logger } from '../../src/shared/logger.js';

/** A logger for tests that do not look at the log. */
export const silentLogger: Logger = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  child: () => silentLogger,
};
