/** Where things are: the project's folder, its manifests, and the cache outside it. */

import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/** @param {...string} parts */
export const inProject = (...parts) => join(projectRoot, ...parts);

/** @param {string} file */
export const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

/**
 * The folder for what outlives node_modules and can be fetched again: `$XDG_CACHE_HOME/resonance` or the
 * platform's counterpart.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @param {NodeJS.Platform} [platform]
 */
export function cacheFolder(env = process.env, platform = process.platform) {
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, 'resonance');
  if (platform === 'win32' && env.LOCALAPPDATA) return join(env.LOCALAPPDATA, 'resonance', 'cache');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'resonance');
  return join(homedir(), '.cache', 'resonance');
}
