/**
 * What fails beside other tests gets a second try alone: bounds in seconds are those of a machine that does nothing else.
 * See docs/decisions/test-tools.md.
 */

/** @typedef {import('./test-outcomes.mjs').TestOutcome} TestOutcome */

/** So many files, or tests of the window, do not fail by chance. */
const mostFailures = 5;

const hasFailed = ({ status }) => status === 'failed';

/**
 * What failed and may be tried again: nothing in which something failed that is never chance, and nothing at all when it
 * is much.
 *
 * @param {TestOutcome[]} outcomes
 * @returns {string[]} each a `where`
 */
export function whatToTryAgain(outcomes) {
  const failed = outcomes.filter(hasFailed);
  const places = [...new Set(failed.map(({ where }) => where))];
  if (places.length > mostFailures) return [];
  const broken = new Set(failed.filter(({ mayBeChance }) => !mayBeChance).map(({ where }) => where));
  return places.filter((where) => !broken.has(where));
}

/**
 * @param {TestOutcome[]} first
 * @param {TestOutcome[]} second of some of it
 * @returns {TestOutcome[]} the first, with the second in its place wherever it was made
 */
export function withSecondTry(first, second) {
  const again = new Set(second.map(({ where }) => where));
  return [...first.filter(({ where }) => !again.has(where)), ...second];
}

/**
 * What failed first and passed then, with its first error: a fault to look for, not a success.
 *
 * @param {TestOutcome[]} first
 * @param {TestOutcome[]} second
 * @returns {string[]}
 */
export function passedOnlyThen(first, second) {
  const again = new Set(second.map(({ where }) => where));
  const key = ({ where, name }) => JSON.stringify([where, name]);
  const failedThen = new Set(second.filter(hasFailed).map(key));
  return first
    .filter((outcome) => hasFailed(outcome) && again.has(outcome.where) && !failedThen.has(key(outcome)))
    .map(({ name, error }) => `${name} (at first: ${error})`);
}
