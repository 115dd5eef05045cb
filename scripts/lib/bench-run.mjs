/** The steps of `npm run bench`. */

import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { buildBundles } from './build.mjs';
import { displayPackages, electronLibraries, provideDebianPackages } from './debian.mjs';
import { installDependencies } from './dependencies.mjs';
import { startVirtualDisplay } from './display.mjs';
import { provideElectron } from './electron.mjs';
import { runInForeground } from './foreground.mjs';
import { inProject } from './project.mjs';
import { createSteps } from './steps.mjs';

const suffix = '.bench.ts';

/** The names of the benchmarks that match one of the words, or all of them. */
async function listBenchmarks(words) {
  const folder = inProject('test', 'bench');
  const files = existsSync(folder) ? await readdir(folder) : [];
  const names = files
    .filter((file) => file.endsWith(suffix))
    .map((file) => file.slice(0, -suffix.length))
    .sort();
  return words.length > 0 ? names.filter((name) => words.some((word) => name.includes(word))) : names;
}

/** Bundles the benchmarks with what they use of src into out/bench; kafkajs too, as the app itself does. */
async function bundleBenchmarks(names) {
  const { build } = await import('vite');
  await build({
    root: inProject(),
    configFile: false,
    logLevel: 'warn',
    ssr: { noExternal: ['kafkajs'] },
    build: {
      ssr: true,
      target: 'node20',
      minify: false,
      outDir: inProject('out', 'bench'),
      rollupOptions: {
        input: Object.fromEntries(
          names.map((name) => [name, inProject('test', 'bench', `${name}${suffix}`)]),
        ),
      },
    },
  });
}

/**
 * @param {string[]} words parts of the names of the benchmarks to run; none for all
 * @returns {Promise<number>} exit code: that of the last benchmark that failed, or 0
 */
export async function runBenchmarks(words) {
  const { step, say } = createSteps();
  await step('Dependencies', installDependencies);
  const names = await listBenchmarks(words);
  if (names.length === 0)
    throw new Error(`no benchmark called ${words.join(' or ') || 'anything'} in test/bench`);
  await step('Libraries', (report) =>
    provideDebianPackages([...electronLibraries, ...displayPackages], report),
  );
  const electron = await step('Electron', provideElectron);
  await step('Build', buildBundles);
  await step('Benchmarks', () => bundleBenchmarks(names));
  const display = process.platform === 'linux' ? await startVirtualDisplay() : undefined;
  const env = { ...process.env, ...display?.env };
  delete env.ELECTRON_RUN_AS_NODE;
  if (electron.distFolder) env.ELECTRON_OVERRIDE_DIST_PATH = electron.distFolder;
  let exitCode = 0;
  try {
    for (const name of names) {
      say(`${name}:`);
      const args = ['--expose-gc', inProject('out', 'bench', `${name}.js`)];
      exitCode = (await runInForeground(process.execPath, args, { cwd: inProject(), env })) || exitCode;
    }
  } finally {
    await display?.close();
  }
  return exitCode;
}
