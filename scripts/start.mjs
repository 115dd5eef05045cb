/**
 * `npm start [-- ARGUMENTS]`: installs what is missing, builds what is stale, opens the app.
 *
 *   --headless         run the node without a window (and without Electron)
 *   --screenshot FILE  save a picture of the window once it shows live data, and exit
 *   everything else    goes to the app: --config FILE, --data-dir DIR, --set KEY=VALUE
 */

import { checkNodeVersion } from './lib/node-version.mjs';

try {
  checkNodeVersion();
  // Only now: an older Node.js may not even load the rest.
  const { start } = await import('./lib/start-app.mjs');
  process.exitCode = await start(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
