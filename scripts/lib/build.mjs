/**
 * Builds what is stale. A stamp in out/ holds a digest of everything that the build reads, by content: file
 * times change with every checkout.
 */

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { inProject } from './project.mjs';
import { runBin } from './run.mjs';

const inputs = [
  'src',
  'resources',
  'electron.vite.config.ts',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
];

async function listFiles(path) {
  const entries = await readdir(path, { withFileTypes: true, recursive: true }).catch((error) => {
    if (error.code === 'ENOTDIR') return undefined;
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (entries === undefined) return [path];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/**
 * A digest of files and whole folders: of their names and contents, in a fixed order. A path that does not
 * exist counts as nothing.
 *
 * @param {string} root
 * @param {string[]} paths below `root`
 * @returns {Promise<string>} hexadecimal SHA-256
 */
export async function digestOf(root, paths) {
  const files = (await Promise.all(paths.map((path) => listFiles(join(root, path))))).flat().sort();
  const hash = createHash('sha256');
  for (const file of files) {
    const content = await readFile(file);
    hash.update(`${relative(root, file).split(sep).join('/')}\0${content.length}\0`);
    hash.update(content);
  }
  return hash.digest('hex');
}

async function readStamp(file) {
  return existsSync(file) ? (await readFile(file, 'utf8')).trim() : '';
}

/**
 * @param {{ stamp: string, outputs: string[], build: () => Promise<{ code: number, output: string }>, force?: boolean }} target
 * @param {(line: string) => void} report
 */
async function buildWhenStale(target, report) {
  const digest = await digestOf(inProject(), inputs);
  const stamp = inProject('out', target.stamp);
  const complete = target.outputs.every((output) => existsSync(inProject('out', output)));
  if (!target.force && complete && (await readStamp(stamp)) === digest) return 'up to date';
  report('building');
  await rm(stamp, { force: true });
  const { code, output } = await target.build();
  if (code !== 0) throw new Error(`the build failed:\n${output}`);
  await mkdir(dirname(stamp), { recursive: true });
  await writeFile(stamp, `${digest}\n`);
  return 'built';
}

/**
 * The bundles: out/main, out/preload, out/renderer.
 *
 * @param {(line: string) => void} report
 * @param {{ force?: boolean }} [options]
 */
export const buildBundles = (report, { force } = {}) =>
  buildWhenStale(
    {
      stamp: '.bundles',
      outputs: ['main/index.js', 'main/cli.js', 'main/node.js', 'preload/index.cjs', 'renderer/index.html'],
      build: () => runBin('electron-vite', ['build']),
      force,
    },
    report,
  );

/**
 * The declarations that package.json `exports` names: out/types.
 *
 * @param {(line: string) => void} report
 * @param {{ force?: boolean }} [options]
 */
export const buildDeclarations = (report, { force } = {}) =>
  buildWhenStale(
    {
      stamp: '.declarations',
      outputs: ['types/main/node.d.ts'],
      build: () => runBin('typescript', ['--project', 'tsconfig.declarations.json'], { bin: 'tsc' }),
      force,
    },
    report,
  );
