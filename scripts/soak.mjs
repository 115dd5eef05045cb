/**
 * `npm run test:soak [-- OPTIONS] [ROW..]`: the fault table's long forms, round after round, with figures for each row
 * (docs/reliability.md). Not part of `npm test`.
 *
 *   --rounds=N    of each row (default: the row's own)
 *   --minutes=N   no round begins later (default 30)
 *   ROW           only rows whose name contains one of these words
 */

import { parseArgs } from 'node:util';
import { checkNodeVersion } from './lib/node-version.mjs';

try {
  checkNodeVersion();
  const { values, positionals } = parseArgs({
    options: { rounds: { type: 'string' }, minutes: { type: 'string', default: '30' } },
    allowPositionals: true,
  });
  for (const [name, value] of Object.entries(values)) {
    if (!/^[1-9]\d*$/.test(value ?? '')) throw new Error(`--${name}=${value}: expected a number`);
  }
  // Only now: an older Node.js may not even load the rest.
  const { installDependencies } = await import('./lib/dependencies.mjs');
  const { runBin } = await import('./lib/run.mjs');
  await installDependencies(() => undefined);
  const env = {
    ...process.env,
    RESONANCE_SOAK: JSON.stringify({
      rounds: values.rounds === undefined ? null : Number(values.rounds),
      minutes: Number(values.minutes),
      words: positionals,
    }),
  };
  const args = ['run', '--project=soak', '--reporter=default', '--disable-console-intercept'];
  process.exitCode = (await runBin('vitest', args, { env, inherit: true })).code;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
