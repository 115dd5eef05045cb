/** The display that windows open on: the user's, or an Xvfb of our own where there is none. */

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const START_TIMEOUT_MS = 10_000;
/** Large enough for the widest layout that the tests look at. */
const SCREEN = '2560x1440x24';
const COOKIE_BYTES = 16;
/** Xauthority's "any host" address family. */
const FAMILY_WILD = 0xffff;

/**
 * Whether a window can open without our help.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @param {NodeJS.Platform} [platform]
 */
export function hasDisplay(env = process.env, platform = process.platform) {
  return platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/**
 * One entry of an Xauthority file that fits any host and display: the number is not known before the
 * server has chosen it. Without a cookie the server would let every local user in.
 *
 * @param {Buffer} cookie
 */
export function encodeAuthority(cookie) {
  const short = (value) => Buffer.from([value >> 8, value & 0xff]);
  const counted = (bytes) => Buffer.concat([short(bytes.length), bytes]);
  return Buffer.concat([
    short(FAMILY_WILD),
    counted(Buffer.alloc(0)),
    counted(Buffer.alloc(0)),
    counted(Buffer.from('MIT-MAGIC-COOKIE-1')),
    counted(cookie),
  ]);
}

/** Resolves to the number that Xvfb writes to its -displayfd once it accepts connections. */
function readDisplayNumber(child) {
  return new Promise((resolve, reject) => {
    const fail = (reason) => {
      clearTimeout(timer);
      reject(new Error(`Xvfb did not start: ${reason}`));
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(`no display after ${START_TIMEOUT_MS / 1000} s`);
    }, START_TIMEOUT_MS);
    let text = '';
    child.stdio[3].on('data', (chunk) => {
      text += chunk;
      if (!text.includes('\n')) return;
      clearTimeout(timer);
      resolve(Number(text.trim()));
    });
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code) => fail(`it exited with ${code}`));
  });
}

/**
 * Starts an Xvfb on a free display.
 *
 * @param {{ survivesInterrupt?: boolean }} [options] whether Ctrl+C leaves it alone, so that a client can
 *   still close down in order; whoever asks for it closes it in every case
 * @returns {Promise<{ env: { DISPLAY: string, XAUTHORITY: string }, close: () => Promise<void> }>} what its
 *   clients need in their environment, and how to end it (idempotent)
 * @throws when Xvfb is missing or does not come up within 10 s
 */
export async function startVirtualDisplay({ survivesInterrupt = false } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'resonance-display-'));
  const authority = join(folder, 'authority');
  await writeFile(authority, encodeAuthority(randomBytes(COOKIE_BYTES)), { mode: 0o600 });
  const child = spawn(
    'Xvfb',
    // Without -noreset the server starts over when its last client leaves, and cuts off whoever connects just then.
    ['-displayfd', '3', '-screen', '0', SCREEN, '-nolisten', 'tcp', '-noreset', '-auth', authority],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'], detached: survivesInterrupt },
  );
  const exited = new Promise((resolve) => {
    child.once('exit', resolve);
    child.once('error', resolve);
  });
  const end = () => child.kill('SIGTERM');
  process.on('exit', end);
  const close = async () => {
    process.off('exit', end);
    end();
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const number = await readDisplayNumber(child);
    return { env: { DISPLAY: `:${number}`, XAUTHORITY: authority }, close };
  } catch (error) {
    await close();
    throw error;
  }
}
