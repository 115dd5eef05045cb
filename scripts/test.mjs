/**
 * `npm test [-- OPTIONS] [FILTER..]`: installs what is missing, checks everything, ends with
 * `N passed, N failed`.
 *
 *   --only=static|unit|integration|e2e   only that part (repeatable)
 *   --no-second-try                      what fails once has failed, also beside other tests
 *   FILTER                               only test files whose path contains it; no static checks
 */

import { checkNodeVersion } from './lib/node-version.mjs';

try {
  checkNodeVersion();
  // Only now: an older Node.js may not even load the rest.
  const { runTests } = await import('./lib/test-run.mjs');
  process.exitCode = await runTests(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.stdout.write('0 passed, 1 failed\n');
  process.exitCode = 1;
}
