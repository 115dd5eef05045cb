/** What the test runners' JSON reports say of each test, in one form for both. */

import { stripVTControlCharacters } from 'node:util';

/**
 * @typedef {object} TestOutcome
 * @property {string} name
 * @property {string} where what its runner can be told to run again: a file (vitest), a line of a file (Playwright)
 * @property {'passed' | 'failed' | 'skipped'} status
 * @property {string} error the first line of why it failed; '' when it did not
 * @property {boolean} mayBeChance whether a second try is worth something, should it have failed
 */

/** How a test says that chance had no part in its failure: test/support/history-checker.ts, and fast-check. */
const neverChance = /a promise is broken|Property failed after/;

/** What a test is tagged with in which chance has no part at all: vitest.config.ts. */
const neverTag = 'no-second-try';

const isIntegration = (path) => /[\\/]test[\\/]integration[\\/]/.test(path);

/** Playwright colours its messages. */
const firstLine = (message) => stripVTControlCharacters(message).split('\n', 1)[0];

/**
 * @typedef {{ status: string, fullName?: string, failureMessages?: string[], tags?: string[] }} VitestResult
 * @typedef {{ name: string, status: string, message?: string, assertionResults: VitestResult[] }} VitestFile
 *
 * @param {{ testResults?: VitestFile[] } | undefined} report of vitest's json reporter; undefined when it wrote none
 * @returns {TestOutcome[]}
 */
export function outcomesOfVitest(report) {
  return (report?.testResults ?? []).flatMap((file) => {
    const { name: where, message = '' } = file;
    const outcomes = file.assertionResults.map(({ fullName, status, failureMessages = [], tags = [] }) => ({
      name: fullName ?? 'a test without a name',
      where,
      status: status === 'passed' || status === 'failed' ? status : 'skipped',
      error: firstLine(failureMessages[0] ?? ''),
      mayBeChance:
        isIntegration(where) &&
        !tags.includes(neverTag) &&
        !failureMessages.some((text) => neverChance.test(text)),
    }));
    // A file that does not even load, or cannot be set up, has failed without a failing test.
    const failsAsWhole = file.status === 'failed' && outcomes.every(({ status }) => status !== 'failed');
    if (!failsAsWhole) return outcomes;
    const whole = { name: where, where, status: 'failed', error: firstLine(message) };
    return [...outcomes, { ...whole, mayBeChance: isIntegration(where) }];
  });
}

/**
 * @typedef {{ status: string, results?: { error?: { message?: string } }[] }} PlaywrightTest
 * @typedef {{ title: string, file: string, line: number, tests: PlaywrightTest[] }} PlaywrightSpec
 * @typedef {{ suites?: PlaywrightSuite[], specs?: PlaywrightSpec[] }} PlaywrightSuite
 *
 * @param {PlaywrightSuite | undefined} report of Playwright's json reporter; undefined when it wrote none
 * @returns {TestOutcome[]}
 */
export function outcomesOfPlaywright(report) {
  const own = (report?.specs ?? []).flatMap(({ title, file, line, tests }) =>
    tests.map(({ status, results }) => {
      const message = results?.find(({ error }) => error !== undefined)?.error?.message ?? '';
      return {
        name: title,
        where: `${file}:${line}`,
        status: status === 'skipped' ? 'skipped' : status === 'unexpected' ? 'failed' : 'passed',
        error: firstLine(message),
        mayBeChance: !neverChance.test(message),
      };
    }),
  );
  return [...own, ...(report?.suites ?? []).flatMap(outcomesOfPlaywright)];
}
