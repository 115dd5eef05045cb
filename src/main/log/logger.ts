import type { Clock } from '../../shared/clock.js';
import { type LogFields, type Logger, type LogLevel, logLevels } from '../../shared/logger.js';
import { maskSecrets } from './mask-secrets.js';

/** One line of the log, ready to be kept or written. */
export interface LogEntry {
  /** Wall time, milliseconds. */
  readonly atMs: number;
  readonly level: LogLevel;
  /** The part that speaks, for example `kafka`. */
  readonly component: string;
  readonly message: string;
  /** JSON of the structured context, secrets masked; empty when there is none. */
  readonly fields: string;
}

/** Takes log lines. What it throws is swallowed into {@link LogControl.sinkFailures}: logging stops nothing. */
export interface LogSink {
  write(entry: LogEntry): void;
}

/** A logger, and the level of the whole tree it is the root of. */
export interface LogControl {
  readonly logger: Logger;
  readonly level: LogLevel;
  /** Applies to every child at once. */
  setLevel(level: LogLevel): void;
  /** Lines that a sink threw on. */
  readonly sinkFailures: number;
}

export interface LoggerOptions {
  readonly sinks: readonly LogSink[];
  /** Default `info`. */
  readonly level?: LogLevel;
  readonly clock: Pick<Clock, 'wallMs'>;
  /** Name of the root. Default `node`. */
  readonly component?: string;
}

const maxMessageLength = 4_000;

export function createLogger(options: LoggerOptions): LogControl {
  const { sinks, clock } = options;
  let level = options.level ?? 'info';
  let sinkFailures = 0;

  const write = (lineLevel: LogLevel, component: string, message: string, fields?: LogFields): void => {
    if (logLevels.indexOf(lineLevel) > logLevels.indexOf(level)) return;
    const entry: LogEntry = {
      atMs: clock.wallMs(),
      level: lineLevel,
      component,
      message: message.length > maxMessageLength ? `${message.slice(0, maxMessageLength)}…` : message,
      fields: fieldsText(fields),
    };
    for (const sink of sinks) {
      try {
        sink.write(entry);
      } catch {
        // Nowhere is left to report it to: the count is what remains.
        sinkFailures += 1;
      }
    }
  };

  const create = (component: string): Logger => ({
    error: (message, fields) => write('error', component, message, fields),
    warn: (message, fields) => write('warn', component, message, fields),
    info: (message, fields) => write('info', component, message, fields),
    debug: (message, fields) => write('debug', component, message, fields),
    child: create,
  });

  return {
    logger: create(options.component ?? 'node'),
    get level() {
      return level;
    },
    setLevel(next) {
      level = next;
    },
    get sinkFailures() {
      return sinkFailures;
    },
  };
}

function fieldsText(fields: LogFields | undefined): string {
  if (fields === undefined) return '';
  const text = JSON.stringify(maskSecrets(fields)) ?? '';
  return text === '{}' ? '' : text;
}
