/** `npm run build`: the bundles and the package's declarations, whether stale or not. */

import { buildBundles, buildDeclarations } from './lib/build.mjs';
import { createSteps } from './lib/steps.mjs';

const { step } = createSteps();
try {
  await step('Bundles', (report) => buildBundles(report, { force: true }));
  await step('Declarations', (report) => buildDeclarations(report, { force: true }));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
