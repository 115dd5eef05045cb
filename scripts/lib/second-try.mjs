/**
 * What fails beside other tests gets a second try alone: bounds in seconds are those of a machine that does nothing else.
 * See docs/decisions/test-tools.md.
 */

/**
 * @typedef {{ status: string, fullName?: string, failureMessages?: string[], tags?: string[] }} VitestResult
 * @typedef {{ name: string, status: string, message?: string, assertionResults: VitestResult[] }} VitestFile
 * @typedef {{ testResults?: VitestFile[] }} VitestReport of vitest's json reporter
 */

/** So many files do not fail by chance. */
const mostFiles = 5;

/** How a test says that chance had no part in its failure: test/support/history-checker.ts, and fast-check. */
const neverChance = /a promise is broken|Property failed after/;

/** What a test is tagged with in which chance has no part at all: vitest.config.ts. */
const neverTag = 'no-second-try';

/**
 * The integration files that failed and may be tried again: none in which anything failed that is never chance, and none
 * at all when they are many.
 *
 * @param {VitestReport | undefined} report
 * @returns {string[]} absolute paths
 */
export function filesToTryAgain(report) {
  const failed = (report?.testResults ?? []).filter(({ status }) => status === 'failed');
  if (failed.length > mostFiles) return [];
  return failed
    .filter((file) => /[\\/]test[\\/]integration[\\/]/.test(file.name) && mayBeChance(file))
    .map(({ name }) => name);
}

/** @param {VitestFile} file */
function mayBeChance({ message = '', assertionResults }) {
  const failed = assertionResults.filter(({ status }) => status === 'failed');
  return (
    !neverChance.test(message) &&
    failed.every(
      ({ failureMessages = [], tags = [] }) =>
        !tags.includes(neverTag) && !failureMessages.some((text) => neverChance.test(text)),
    )
  );
}

/**
 * @param {VitestReport | undefined} first
 * @param {VitestReport | undefined} second of some of its files
 * @returns {VitestReport | undefined} the first with the files of the second in their place
 */
export function withSecondTry(first, second) {
  const again = new Map((second?.testResults ?? []).map((file) => [file.name, file]));
  return first && { ...first, testResults: first.testResults?.map((file) => again.get(file.name) ?? file) };
}

/**
 * What failed first and passed then, with its first error: a fault to look for, not a success.
 *
 * @param {VitestReport | undefined} first
 * @param {VitestReport | undefined} second
 * @returns {string[]}
 */
export function passedOnlyThen(first, second) {
  const before = new Map((first?.testResults ?? []).map((file) => [file.name, file]));
  return (second?.testResults ?? []).flatMap(({ name, assertionResults }) => {
    const { message = '', assertionResults: failed = [] } = before.get(name) ?? {};
    const errors = new Map(
      failed
        .filter(({ status }) => status !== 'passed')
        .map(({ fullName, failureMessages }) => [fullName, failureMessages?.[0] ?? message]),
    );
    return assertionResults
      .filter(({ status, fullName }) => status === 'passed' && errors.has(fullName))
      .map(({ fullName }) => `${fullName} (at first: ${errors.get(fullName).split('\n', 1)[0]})`);
  });
}
