/** Sums what came of tests, up to the last line of a run. */

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @type {Counts} */
export const noTests = { passed: 0, failed: 0, skipped: 0 };

/** @param {Counts[]} parts */
export function sumCounts(parts) {
  return parts.reduce(
    (sum, part) => ({
      passed: sum.passed + part.passed,
      failed: sum.failed + part.failed,
      skipped: sum.skipped + part.skipped,
    }),
    noTests,
  );
}

/**
 * A runner that ends badly has something that failed, even when it is no test's fault (an unhandled
 * rejection, a time-out, no report at all): it never counts as nothing.
 *
 * @param {import('./test-outcomes.mjs').TestOutcome[]} outcomes
 * @param {number} exitCode of the runner
 * @returns {Counts}
 */
export function countOutcomes(outcomes, exitCode) {
  const counts = { ...noTests };
  for (const { status } of outcomes) counts[status] += 1;
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/**
 * The last line of a run.
 *
 * @param {Counts} counts
 */
export function formatCounts({ passed, failed, skipped }) {
  const line = `${passed} passed, ${failed} failed`;
  return skipped > 0 ? `${line}, ${skipped} skipped` : line;
}

/**
 * 0 only when something ran and nothing failed.
 *
 * @param {Counts} counts
 */
export const exitCodeOf = ({ passed, failed }) => (failed === 0 && passed > 0 ? 0 : 1);
