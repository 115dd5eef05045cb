export const logLevels = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Structured context of one log line: small, JSON-safe, never a secret. */
export type LogFields = Readonly<Record<string, unknown>>;

/** What every part takes to say what it does. `child` names the part (`kafka`, `websocket`, ...). */
export interface Logger {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  child(component: string): Logger;
}
