/** For vitest beside its json reporter, which leaves out what went wrong outside of every test. */

import { writeFile } from 'node:fs/promises';
import { inProject } from './project.mjs';

/** A JSON array of messages; written at the end of each run. */
export const unhandledErrorsFile = inProject('test-results', 'unhandled-errors.json');

// vitest loads a reporter by its file's default export.
export default class UnhandledErrorsReporter {
  /** @type {import('vitest/node').Reporter['onTestRunEnd']} */
  onTestRunEnd(_modules, errors) {
    return writeFile(unhandledErrorsFile, JSON.stringify(errors.map(({ message }) => message)));
  }
}
