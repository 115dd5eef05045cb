/** A child in the foreground: it has our terminal, gets our signals, and its end is ours. */

import { spawn } from 'node:child_process';
import { constants } from 'node:os';

// Ctrl+C in a terminal already reaches the child itself; twice would look like impatience.
const forwarded = process.stdin.isTTY ? ['SIGTERM', 'SIGHUP'] : ['SIGINT', 'SIGTERM', 'SIGHUP'];

const PARENT_CHECK_MS = 1000;

/**
 * Calls back once the shell that npm runs us in is gone. npm passes a SIGTERM on to that shell, which dies
 * of it without telling us: the app would stay behind with nobody waiting for it.
 */
function watchParent(onGone) {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return () => {};
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, PARENT_CHECK_MS);
  return () => clearInterval(timer);
}

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
    const endChild = () => child.kill('SIGTERM');
    const stopWatching = watchParent(endChild);
    // Should we come to an end first (nobody reads our output any more, say), the child goes with us.
    process.on('exit', endChild);
    const release = () => {
      stopWatching();
      process.off('exit', endChild);
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
