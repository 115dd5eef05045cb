/**
 * `npm run bench [-- NAME..]`: runs the benchmarks in test/bench, one after the other, each in a process of
 * its own. A benchmark is a program, `test/bench/NAME.bench.ts`, that prints its figures.
 */

import { checkNodeVersion } from './lib/node-version.mjs';

try {
  checkNodeVersion();
  const { runBenchmarks } = await import('./lib/bench-run.mjs');
  process.exitCode = await runBenchmarks(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
