import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { errnoOf } from './storage-error.js';

/** Tells one process from a later one that was given the same pid. */
export interface ProcessProbe {
  /** Text that stays the same while the process runs and differs for any later one; undefined when none runs. */
  startTime(pid: number): Promise<string | undefined>;
}

const run = promisify(execFile);

/**
 * Linux: boot id and start time in clock ticks since boot (/proc/PID/stat, field 22); macOS: `ps`; elsewhere only
 * whether the pid is in use, so there a pid used again may hold a lock until that process ends.
 */
export const nodeProcessProbe: ProcessProbe = {
  async startTime(pid) {
    if (!isInUse(pid)) return undefined;
    if (process.platform === 'linux') return await linuxStartTime(pid);
    if (process.platform === 'darwin') return await macStartTime(pid);
    return 'running';
  },
};

function isInUse(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as another user.
    return errnoOf(error) === 'EPERM';
  }
}

async function macStartTime(pid: number): Promise<string | undefined> {
  try {
    return (await run('ps', ['-o', 'lstart=', '-p', String(pid)])).stdout.trim();
  } catch (error) {
    // Exit code 1: it has ended since.
    if (error instanceof Error && 'code' in error && error.code === 1) return undefined;
    throw error;
  }
}

async function linuxStartTime(pid: number): Promise<string | undefined> {
  try {
    const [bootId, stat] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    // The second field is the program's name in parentheses and may hold anything, so the rest is counted from its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, startTicks] = [fields[0], fields[19]];
    if (state === 'Z' || state === 'X') return undefined;
    return `${bootId.trim()}/${startTicks}`;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT' || errno === 'ESRCH') return undefined;
    throw error;
  }
}
