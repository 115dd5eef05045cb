/** Sums what the test runners report about themselves, in their JSON. */

import { stripVTControlCharacters } from 'node:util';

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
 * @param {Counts} counts
 * @param {number} exitCode of the runner
 */
function withExitCode(counts, exitCode) {
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/**
 * @param {{ testResults?: { status: string, assertionResults: { status: string }[] }[] } | undefined} report
 *   of vitest's json reporter; undefined when it wrote none
 * @param {number} exitCode
 * @returns {Counts}
 */
export function countVitest(report, exitCode) {
  const counts = { ...noTests };
  for (const file of report?.testResults ?? []) {
    const failed = file.assertionResults.filter(({ status }) => status === 'failed').length;
    const passed = file.assertionResults.filter(({ status }) => status === 'passed').length;
    counts.passed += passed;
    counts.skipped += file.assertionResults.length - passed - failed;
    // A file that does not even load has failed without a failing test.
    counts.failed += file.status === 'failed' ? Math.max(failed, 1) : failed;
  }
  return withExitCode(counts, exitCode);
}

/**
 * The names of the tests that vitest skipped: its own output only counts them.
 *
 * @param {{ testResults?: { status?: string, assertionResults: { status: string, fullName?: string }[] }[] } | undefined} report
 * @returns {string[]}
 */
export function skippedInVitest(report) {
  const results = (report?.testResults ?? []).flatMap(({ assertionResults }) => assertionResults);
  return results
    .filter(({ status }) => status !== 'passed' && status !== 'failed')
    .map(({ fullName }) => fullName ?? 'a test without a name');
}

/**
 * The tests that Playwright passed only when it tried them again, each with what went wrong at first.
 *
 * @typedef {{ status: string, results?: { error?: { message?: string } }[] }} PlaywrightTest
 * @typedef {{ suites?: PlaywrightSuite[], specs?: { title: string, tests: PlaywrightTest[] }[] }} PlaywrightSuite
 * @param {PlaywrightSuite | undefined} report
 * @returns {string[]}
 */
export function secondTriesInPlaywright(report) {
  const own = (report?.specs ?? []).flatMap(({ title, tests }) =>
    tests
      .filter(({ status }) => status === 'flaky')
      .map(({ results }) => `${title} (at first: ${firstLine(results?.[0]?.error?.message ?? '')})`),
  );
  return [...own, ...(report?.suites ?? []).flatMap(secondTriesInPlaywright)];
}

/** Playwright colours its messages. */
const firstLine = (message) => stripVTControlCharacters(message).split('\n', 1)[0];

/**
 * @param {{ stats?: { expected: number, unexpected: number, flaky: number, skipped: number } } | undefined} report
 *   of Playwright's json reporter; undefined when it wrote none
 * @param {number} exitCode
 * @returns {Counts}
 */
export function countPlaywright(report, exitCode) {
  const { expected = 0, unexpected = 0, flaky = 0, skipped = 0 } = report?.stats ?? {};
  return withExitCode({ passed: expected + flaky, failed: unexpected, skipped }, exitCode);
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
