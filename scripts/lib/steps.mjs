/** Prints what a script does, step by step, with the time since its start and the time each step took. */

/** @param {number} ms */
export function formatDuration(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/**
 * @param {{ write?: (line: string) => void, now?: () => number }} [options] where lines go (default:
 *   stdout) and a monotonic clock in milliseconds
 */
export function createSteps(options = {}) {
  const write = options.write ?? ((line) => process.stdout.write(`${line}\n`));
  const now = options.now ?? (() => performance.now());
  const startedAt = now();

  const say = (line) => {
    const seconds = ((now() - startedAt) / 1000).toFixed(1).padStart(6);
    write(`[${seconds} s] ${line}`);
  };

  /**
   * Runs one step. `action` gets a function that reports progress, and returns what came of it: a few
   * words, or an object with these as its `summary`. Rethrows what it throws, after saying so.
   *
   * @template T
   * @param {string} name
   * @param {(report: (line: string) => void) => Promise<T> | T} action
   * @returns {Promise<T>}
   */
  const step = async (name, action) => {
    const began = now();
    try {
      const outcome = await action((line) => say(`${name}: ${line}`));
      const summary = typeof outcome === 'string' ? outcome : (outcome?.summary ?? 'done');
      say(`${name}: ${summary} (${formatDuration(now() - began)})`);
      return outcome;
    } catch (error) {
      say(`${name}: FAILED (${formatDuration(now() - began)})`);
      throw error;
    }
  };

  return { say, step };
}
