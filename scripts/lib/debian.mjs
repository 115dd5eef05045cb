/**
 * Debian packages: which are missing, and installing them. Only as root on Debian (and what derives from
 * it); anybody else is told the exact command.
 */

import { existsSync } from 'node:fs';
import { run } from './run.mjs';

/** What Electron links against and a bare Debian lacks. */
export const electronLibraries = ['libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1'];

/** A display for where there is none. */
export const displayPackages = ['xvfb', 'xauth'];

/** What tests use: foreign clients to talk to the node with, and a tracer that shows what it asks of the disk. */
export const testTools = ['kcat', 'python3-kafka', 'python3-websockets', 'strace'];

/** Whether this machine has Debian's package tools. */
const isDebian = process.platform === 'linux' && existsSync('/usr/bin/dpkg-query');

const isRoot = process.getuid?.() === 0;

/**
 * The packages of `wanted` that a listing does not show as installed. A library renamed for 64-bit time
 * (libgtk-3-0t64, on newer Debians) counts as the one it replaces.
 *
 * @param {string[]} wanted
 * @param {string} listing lines of `NAME STATUS`, as in `libnss3 installed`
 */
export function missingFrom(wanted, listing) {
  const installed = new Set();
  for (const line of listing.split('\n')) {
    const [name, status] = line.trim().split(/\s+/);
    if (status === 'installed') installed.add(name);
  }
  return wanted.filter((name) => !installed.has(name) && !installed.has(`${name}t64`));
}

/**
 * @param {string[]} wanted
 * @returns {Promise<string[]>}
 */
async function missingPackages(wanted) {
  const names = wanted.flatMap((name) => [name, `${name}t64`]);
  // Exits with 1 when some are unknown, and lists the others all the same.
  const { output } = await run('dpkg-query', [
    '--show',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own syntax
    '--showformat=${Package} ${db:Status-Status}\n',
    ...names,
  ]);
  return missingFrom(wanted, output);
}

/** @param {string[]} packages */
const installCommand = (packages) => `apt-get install -y --no-install-recommends ${packages.join(' ')}`;

async function install(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const attempt = () => run('apt-get', installCommand(packages).split(' ').slice(1), { env });
  const first = await attempt();
  if (first.code === 0) return first;
  // A fresh image has no package lists yet, an old one outdated lists.
  const update = await run('apt-get', ['update'], { env });
  return update.code === 0 ? attempt() : update;
}

/**
 * Sees to it that Debian packages are there, as far as we may.
 *
 * @param {string[]} wanted
 * @param {(line: string) => void} report
 * @returns {Promise<{ missing: string[], summary: string }>} what is missing in the end
 */
export async function provideDebianPackages(wanted, report) {
  if (!isDebian) return { missing: [], summary: 'not Debian, nothing checked' };
  const missing = await missingPackages(wanted);
  if (missing.length === 0) return { missing, summary: 'present' };
  if (!isRoot) return { missing, summary: `missing; install with: sudo ${installCommand(missing)}` };
  report(`apt-get install ${missing.join(' ')}`);
  const { code, output } = await install(missing);
  if (code === 0) return { missing: [], summary: 'installed' };
  report(`apt-get failed: ${output.trim().split('\n').slice(-3).join(' | ')}`);
  const stillMissing = await missingPackages(wanted);
  return { missing: stillMissing, summary: `missing; install with: ${installCommand(stillMissing)}` };
}
