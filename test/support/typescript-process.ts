import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** Programs bundled for plain Node, to be run (and killed) as processes of their own. */
export interface BundledProgram {
  /** Starts it; its lines on stdout come through `lines`. `under`: a command that runs it, e.g. `['strace', '-f']`. */
  start(args: readonly string[], under?: readonly string[], options?: StartOptions): RunningProgram;
  /** Kills what still runs and removes the bundle. */
  close(): Promise<void>;
}

export interface StartOptions {
  /** Its stdin and stderr are the test's too. Default: no stdin, and stderr is shown. */
  readonly isPiped?: boolean;
}

export interface RunningProgram {
  readonly child: ChildProcess;
  readonly lines: Interface;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
}

/** Bundles a TypeScript program of test/support, e.g. `storage/appending-child.ts`. */
export async function bundleProgram(entry: string): Promise<BundledProgram> {
  const outDir = await mkdtemp(join(tmpdir(), 'resonance-program-'));
  const input = fileURLToPath(new URL(entry, import.meta.url));
  await build({
    configFile: false,
    logLevel: 'error',
    // The bundle lies outside of the checkout, where no package is found.
    ssr: { noExternal: true },
    build: {
      ssr: true,
      target: 'node20',
      minify: false,
      outDir,
      emptyOutDir: false,
      rollupOptions: { input, output: { entryFileNames: 'program.mjs' } },
    },
  });
  const running = new Set<RunningProgram>();
  return {
    start(args, under = [], { isPiped = false } = {}) {
      const [command = process.execPath, ...rest] = [
        ...under,
        process.execPath,
        join(outDir, 'program.mjs'),
        ...args,
      ];
      const child = spawn(command, rest, {
        stdio: isPiped ? 'pipe' : ['ignore', 'pipe', 'inherit'],
      });
      if (child.stdout === null) throw new Error('a program needs a stdout');
      const program: RunningProgram = {
        child,
        lines: createInterface({ input: child.stdout }),
        ended: once(child, 'close').then(() => {
          running.delete(program);
        }),
      };
      running.add(program);
      return program;
    },
    async close() {
      const programs = [...running];
      for (const { child } of programs) child.kill('SIGKILL');
      await Promise.all(programs.map(({ ended }) => ended));
      await rm(outDir, { recursive: true, force: true });
    },
  };
}

/** What it says first, e.g. that it is ready; rejects when it ends without a word. */
export async function firstLine({ child, lines, ended }: RunningProgram): Promise<string> {
  const line = once(lines, 'line') as Promise<[string]>;
  const silence = ended.then((): never => {
    throw new Error(`the program ended with ${child.exitCode ?? child.signalCode} before it said anything`);
  });
  silence.catch(() => undefined);
  const [said] = await Promise.race([line, silence]);
  return said;
}
