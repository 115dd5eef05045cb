import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A disk of its own, as small as wanted. */
export interface SmallDisk {
  readonly directory: string;
  /** Takes all that is free. */
  fill(): Promise<void>;
  free(): Promise<void>;
  close(): Promise<void>;
}

/** Why no small disk can be mounted here, or null. */
export function whyNoSmallDisk(): string | null {
  return process.platform === 'linux' && process.getuid?.() === 0
    ? null
    : 'it takes root on Linux to mount a small disk';
}

export async function mountSmallDisk(sizeKibibytes: number): Promise<SmallDisk> {
  const directory = await mkdtemp(join(tmpdir(), 'resonance-disk-'));
  await run('mount', ['-t', 'tmpfs', '-o', `size=${sizeKibibytes}k`, 'tmpfs', directory]);
  const filler = join(directory, 'filler');
  return {
    directory,
    async fill() {
      const file = await open(filler, 'a');
      const piece = Buffer.alloc(4_096);
      try {
        for (;;) await file.write(piece);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        await file.close();
      }
    },
    free: () => rm(filler),
    async close() {
      await run('umount', ['--lazy', directory]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Why no system calls can be made to fail here, or null. */
export async function whyNoInjection(): Promise<string | null> {
  return run('strace', ['-V']).then(
    () => null,
    () => 'strace is not installed',
  );
}

export interface Injection {
  /** What strace saw of the calls that it traced, in order. */
  end(): Promise<readonly SystemCall[]>;
}

/** A call as strace saw it at its end. */
export interface SystemCall {
  readonly name: string;
  /** The file, as the descriptor or the argument names it. */
  readonly path: string;
  readonly descriptor: number | null;
  readonly hasFailed: boolean;
}

/**
 * Makes system calls of a running process fail, until it is ended.
 *
 * @param inject for example `fdatasync,fsync:error=EIO`
 */
export async function injectInto(pid: number, inject: string): Promise<Injection> {
  const directory = await mkdtemp(join(tmpdir(), 'resonance-strace-'));
  const output = join(directory, 'calls');
  const traced = 'trace=openat,close,ftruncate,fdatasync,fsync,pwrite64';
  const strace = spawn(
    'strace',
    ['-f', '-y', '-p', String(pid), '-o', output, '-e', traced, '-e', `inject=${inject}`],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let words = '';
  await new Promise<void>((resolve, reject) => {
    strace.stderr.setEncoding('utf8').on('data', (text: string) => {
      words += text;
      if (words.includes('attached')) resolve();
    });
    strace.once('exit', () => reject(new Error(`strace could not attach: ${words}`)));
  });
  return {
    async end() {
      const exited = once(strace, 'exit');
      strace.kill('SIGTERM');
      await exited;
      const calls = readCalls(await readFile(output, 'utf8'));
      await rm(directory, { recursive: true, force: true });
      return calls;
    },
  };
}

/** A call that another thread interrupts is written in two parts, `<unfinished ...>` and `<... NAME resumed>`. */
function readCalls(text: string): SystemCall[] {
  const unfinished = new Map<string, string>();
  const calls: SystemCall[] = [];
  for (const line of text.split('\n')) {
    const [, thread = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    const begun = /^(.*) <unfinished \.\.\.>$/.exec(rest);
    if (begun !== null) {
      unfinished.set(thread, begun[1] ?? '');
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    const whole = resumed === null ? rest : `${unfinished.get(thread) ?? ''}${resumed[1]}`;
    const [, name, parameters = '', result = ''] = /^(\w+)\((.*)\)\s+= (.*)$/.exec(whole) ?? [];
    if (name === undefined) continue;
    const named = name === 'openat' ? /^(\d+)<(.*?)>/.exec(result) : /^(\d+)<(.*?)>/.exec(parameters);
    calls.push({
      name,
      path: named?.[2] ?? '',
      descriptor: named === null ? null : Number(named[1]),
      hasFailed: result.startsWith('-1'),
    });
  }
  return calls;
}
