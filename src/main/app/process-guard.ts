import { describeError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';

/**
 * Nothing dies silently: what nobody caught is logged with its stack and told, and the node goes on, since its state
 * is on disk and its connections have deadlines of their own. Replaces Electron's error dialog, which would
 * stop everything until somebody clicks.
 */
export function guardProcess(logger: Logger, tell: (message: string) => void): void {
  const report = (kind: string, error: unknown): void => {
    logger.error(kind, {
      error: describeError(error),
      stack: error instanceof Error ? (error.stack ?? '') : '',
    });
    tell(`${kind}: ${describeError(error)}`);
  };
  process.on('uncaughtException', (error) => report('uncaught exception', error));
  process.on('unhandledRejection', (reason) => report('unhandled rejection', reason));
}
