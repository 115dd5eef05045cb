import { join } from 'node:path';
import type { Clock } from '../../shared/clock.js';
import type { Logger } from '../../shared/logger.js';
import { createLogger, type LogSink } from '../log/logger.js';
import { createStreamSink } from '../log/stream-sink.js';
import { RotatingLogFile } from './rotating-log-file.js';

/** The app's log: stderr and a file at first, and once there is a node also the lines that the window shows. */
export interface AppLog {
  readonly logger: Logger;
  readonly sinks: readonly LogSink[];
  /** From now on lines go through the node's log, which writes to the same sinks. */
  handOver(nodeLogger: Logger): void;
  flush(): Promise<void>;
}

export function createAppLog(dataDirectory: string, clock: Clock): AppLog {
  const file = new RotatingLogFile(join(dataDirectory, 'logs', 'resonance.log'));
  const sinks: readonly LogSink[] = [
    createStreamSink({
      stream: process.stderr,
      format: 'pretty',
      useColor: process.stderr.isTTY === true,
    }),
    createStreamSink({ stream: file, format: 'json' }),
  ];
  let target = createLogger({ sinks, clock, component: 'app' }).logger;
  const delegate = (current: () => Logger): Logger => ({
    error: (message, fields) => current().error(message, fields),
    warn: (message, fields) => current().warn(message, fields),
    info: (message, fields) => current().info(message, fields),
    debug: (message, fields) => current().debug(message, fields),
    child: (component) => delegate(() => current().child(component)),
  });
  return {
    sinks,
    logger: delegate(() => target),
    handOver: (nodeLogger) => {
      target = nodeLogger.child('app');
    },
    flush: () => file.flush(),
  };
}
