import type { LogFields, Logger, LogLevel } from '../../shared/logger.js';

/** Says on stderr what happens before, and beside, the node's own log. */
export function createConsoleLogger(component = 'app'): Logger {
  const write = (level: LogLevel, message: string, fields?: LogFields): void => {
    const context = fields === undefined ? '' : ` ${JSON.stringify(fields)}`;
    process.stderr.write(`${new Date().toISOString()} ${level} ${component}: ${message}${context}\n`);
  };
  return {
    error: (message, fields) => write('error', message, fields),
    warn: (message, fields) => write('warn', message, fields),
    info: (message, fields) => write('info', message, fields),
    debug: () => undefined,
    child: createConsoleLogger,
  };
}
