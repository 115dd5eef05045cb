/** Runs the test runners, each a second time for what may have failed by chance. */

import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { inProject, readJson } from './project.mjs';
import { runBin } from './run.mjs';
import { passedOnlyThen, whatToTryAgain, withSecondTry } from './second-try.mjs';
import { countOutcomes, formatCounts } from './test-counts.mjs';
import { outcomesOfPlaywright, outcomesOfVitest } from './test-outcomes.mjs';
import { unhandledErrorsFile } from './unhandled-errors-reporter.mjs';

/** Against a suite that hangs; the whole run is meant to stay below ten minutes. */
const SUITE_TIMEOUT_MS = 15 * 60 * 1000;

const readReport = (file) => (existsSync(file) ? readJson(file) : undefined);

/**
 * @typedef {object} Attempt what one run of a test runner came to
 * @property {import('./test-outcomes.mjs').TestOutcome[]} outcomes
 * @property {number} code its exit code: counts what no test is to blame for
 * @property {boolean} failedOutside whether something went wrong outside of every test
 */

/** A test runner that shows its own progress and leaves its reports in `files`. */
async function attempt(session, { name, packageName, bin, args, env, files, judge }) {
  session.say(`${name}: running`);
  await Promise.all(files.map((file) => rm(file, { force: true })));
  /** @type {Attempt} */
  let result = { outcomes: [], code: 1, failedOutside: true };
  await session.step(name, async () => {
    const options = { bin, env, inherit: true, timeoutMs: SUITE_TIMEOUT_MS };
    const { code } = await runBin(packageName, args, options);
    result = { code, ...judge(...files.map(readReport)) };
    return formatCounts(countOutcomes(result.outcomes, code));
  });
  return result;
}

/**
 * @param {string} name
 * @param {boolean} secondTry
 * @param {(name: string, again: string[]) => Promise<Attempt>} run everything, or `again` alone
 */
async function runSuite(session, name, secondTry, run) {
  const first = await run(name, []);
  const again = secondTry ? whatToTryAgain(first.outcomes) : [];
  let { outcomes, code } = first;
  if (again.length > 0) {
    const second = await run(`${name}, second try of what failed`, again);
    outcomes = withSecondTry(first.outcomes, second.outcomes);
    if (!first.failedOutside) code = second.code;
    session.secondTries.push(...passedOnlyThen(first.outcomes, second.outcomes));
  }
  for (const { status, name: test } of outcomes) if (status === 'skipped') session.say(`Skipped: ${test}`);
  session.record(name, countOutcomes(outcomes, code));
}

/**
 * @param {{ projects: string[], filters: string[], env: NodeJS.ProcessEnv, secondTry: boolean }} options
 */
export async function runVitest(session, { projects, filters, env, secondTry }) {
  await runSuite(session, `Tests (${projects.join(', ')})`, secondTry, (name, again) => {
    const reportFile = inProject('test-results', `vitest${again.length > 0 ? '-second-try' : ''}.json`);
    const reporters = [
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${reportFile}`,
      `--reporter=${inProject('scripts', 'lib', 'unhandled-errors-reporter.mjs')}`,
    ];
    const selection = again.length > 0 ? ['--no-file-parallelism', ...again] : filters;
    return attempt(session, {
      name,
      packageName: 'vitest',
      args: [
        'run',
        '--passWithNoTests',
        ...reporters,
        ...projects.map((project) => `--project=${project}*`),
        ...selection,
      ],
      env,
      files: [reportFile, unhandledErrorsFile],
      judge: (report, unhandledErrors) => ({
        outcomes: outcomesOfVitest(report),
        failedOutside: unhandledErrors?.length !== 0,
      }),
    });
  });
}

/** @param {{ filters: string[], env: NodeJS.ProcessEnv, secondTry: boolean }} options */
export async function runPlaywright(session, { filters, env, secondTry }) {
  await runSuite(session, 'Tests (e2e)', secondTry, (name, again) => {
    const suffix = again.length > 0 ? '-second-try' : '';
    const reportFile = inProject('test-results', `playwright${suffix}.json`);
    const selection = again.length > 0 ? ['--workers=1', ...again] : filters;
    return attempt(session, {
      name,
      packageName: '@playwright/test',
      bin: 'playwright',
      args: [
        'test',
        '--config',
        inProject('test', 'e2e', 'playwright.config.ts'),
        // The pictures and logs of the first try stay.
        `--output=${inProject('test-results', `e2e${suffix}`)}`,
        '--pass-with-no-tests',
        ...selection,
      ],
      env: { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: reportFile },
      files: [reportFile],
      judge: (report) => ({
        outcomes: outcomesOfPlaywright(report),
        failedOutside: report?.errors?.length !== 0,
      }),
    });
  });
}
