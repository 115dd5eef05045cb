import { Worker } from 'node:worker_threads';
import type { Logger } from '../../shared/logger.js';

/**
 * Ends the process after `deadlineMs` from a thread of its own: no timer of the main thread runs while that is stuck in
 * a native call or an endless loop.
 */
export function armExitWatchdog(deadlineMs: number, logger: Logger): void {
  const script = `setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${Math.round(deadlineMs)});`;
  const worker = new Worker(script, { eval: true });
  worker.on('error', (error) => logger.warn('no exit watchdog', { error: error.message }));
  worker.unref();
}
