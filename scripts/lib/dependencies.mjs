/**
 * Whether node_modules is what the lock file asks for. npm itself records what it installed in
 * node_modules/.package-lock.json, so this is true after our own `npm ci` and after anybody's `npm install`
 * alike, and a changed lock is noticed whoever changed it.
 */

import { existsSync } from 'node:fs';
import { inProject, readJson } from './project.mjs';
import { runNpm } from './run.mjs';

/**
 * @typedef {Record<string, { version?: string, integrity?: string, optional?: boolean, devOptional?: boolean }>} LockedPackages
 */

/**
 * The packages that are locked but not installed in that version. Optional ones (binaries for other
 * platforms) may be absent.
 *
 * @param {LockedPackages} locked `packages` of package-lock.json
 * @param {LockedPackages} installed `packages` of node_modules/.package-lock.json
 * @returns {string[]} their folders, as in `node_modules/ws`
 */
export function missingPackages(locked, installed) {
  return Object.entries(locked)
    .filter(([folder, wanted]) => {
      if (folder === '') return false;
      const found = installed[folder];
      if (found === undefined) return !(wanted.optional || wanted.devOptional);
      return found.version !== wanted.version || found.integrity !== wanted.integrity;
    })
    .map(([folder]) => folder);
}

/**
 * Installs the dependencies where they are missing or differ from the lock.
 *
 * @param {(line: string) => void} report
 * @returns {Promise<string>} what was done
 * @throws when npm fails
 */
export async function installDependencies(report) {
  const installedLock = inProject('node_modules', '.package-lock.json');
  const locked = readJson(inProject('package-lock.json')).packages;
  const installed = existsSync(installedLock) ? readJson(installedLock).packages : {};
  const missing = missingPackages(locked, installed);
  if (missing.length === 0) return 'up to date';
  report(`npm ci (${missing.length} of ${Object.keys(locked).length - 1} packages missing or outdated)`);
  const { code, output } = await runNpm(['ci', '--no-audit', '--no-fund'], { cwd: inProject() });
  if (code !== 0) throw new Error(`npm ci failed:\n${output}`);
  return 'installed';
}
