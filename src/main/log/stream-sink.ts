import type { LogLevel } from '../../shared/logger.js';
import type { LogEntry, LogSink } from './logger.js';

/** The part of a writable stream that is needed; `process.stderr` has it. */
export interface TextStream {
  write(text: string): boolean;
  readonly writableLength?: number;
}

export interface StreamSinkOptions {
  readonly stream: TextStream;
  /** `json`: one object a line, for programs. `pretty`: one readable line, for people. */
  readonly format: 'json' | 'pretty';
  /** Colours of the pretty form. Default false. */
  readonly useColor?: boolean;
}

/** Lines are dropped while the reader of the stream has left more than this unread. */
const maxUnreadBytes = 1_048_576;

const colors: Readonly<Record<LogLevel, string>> = {
  error: '\u001b[31m',
  warn: '\u001b[33m',
  info: '\u001b[36m',
  debug: '\u001b[90m',
};
const reset = '\u001b[0m';

/** Writes log lines to a stream (stderr), and says how many it had to drop when the reader stood still. */
export function createStreamSink(options: StreamSinkOptions): LogSink {
  const { stream, format } = options;
  const useColor = options.useColor ?? false;
  let dropped = 0;
  const lineOf = (entry: LogEntry): string =>
    format === 'json' ? jsonLine(entry) : prettyLine(entry, useColor);
  return {
    write(entry) {
      if ((stream.writableLength ?? 0) > maxUnreadBytes) {
        dropped += 1;
        return;
      }
      if (dropped > 0) {
        const message = `${dropped} log lines were dropped while nobody read them`;
        dropped = 0;
        stream.write(lineOf({ ...entry, level: 'warn', component: 'log', message, fields: '' }));
      }
      stream.write(lineOf(entry));
    },
  };
}

function jsonLine(entry: LogEntry): string {
  const head = JSON.stringify({
    time: new Date(entry.atMs).toISOString(),
    level: entry.level,
    component: entry.component,
    message: entry.message,
  });
  return entry.fields === '' ? `${head}\n` : `${head.slice(0, -1)},"fields":${entry.fields}}\n`;
}

function prettyLine(entry: LogEntry, useColor: boolean): string {
  const level = entry.level.padEnd(5);
  const shownLevel = useColor ? `${colors[entry.level]}${level}${reset}` : level;
  // A line is a line: what came over the wire may not break out of it, nor paint the terminal.
  const message = entry.message.replace(/\p{Cc}/gu, ' ');
  const fields = entry.fields === '' ? '' : ` ${entry.fields}`;
  return `${new Date(entry.atMs).toISOString()} ${shownLevel} ${entry.component}: ${message}${fields}\n`;
}
