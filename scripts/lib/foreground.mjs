/** A child in the foreground: it has our terminal, gets our signals, and its end is ours. */

import { spawn } from 'node:child_process';
import { constants } from 'node:os';

// Ctrl+C in a terminal already reaches the child itself; twice would look like impatience.
const forwarded = process.stdin.isTTY ? ['SIGTERM', 'SIGHUP'] : ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a command in the foreground.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<number>} its exit code; 128 + the signal's number when a signal ended it
 * @throws when it cannot be started
 */
export function runInForeground(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: 'inherit' });
    const forward = (signal) => child.kill(signal);
    for (const signal of forwarded) process.on(signal, forward);
    const outlive = () => {};
    process.on('SIGINT', outlive);
    const release = () => {
      process.off('SIGINT', outlive);
      for (const signal of forwarded) process.off(signal, forward);
    };
    child.once('error', (error) => {
      release();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      release();
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}
