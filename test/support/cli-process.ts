import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../out/main/cli.js', import.meta.url));

export interface CliResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as the JSON objects that `--json` promises, one a line. */
  json(): Record<string, unknown>[];
}

/** The built command line, running. */
export interface CliProcess {
  readonly child: ChildProcess;
  /** The next line on stdout. */
  nextLine(): Promise<string>;
  /** Sends a signal, SIGTERM by default, and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<CliResult>;
  readonly ended: Promise<CliResult>;
}

/** Starts `resonance ...` as `npm run build` made it. */
export function startCli(
  parameters: readonly string[],
  environment: Record<string, string> = {},
): CliProcess {
  const child = spawn(process.execPath, [program, ...parameters], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
  });
  let stdout = '';
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const lines: string[] = [];
  const waiting: ((line: string) => void)[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    stdout += `${line}\n`;
    const next = waiting.shift();
    if (next === undefined) lines.push(line);
    else next(line);
  });
  const ended = once(child, 'close').then(
    ([exitCode]): CliResult => ({
      exitCode: exitCode as number | null,
      stdout,
      stderr,
      json: () =>
        stdout
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line) as Record<string, unknown>),
    }),
  );
  return {
    child,
    ended,
    nextLine() {
      const line = lines.shift();
      if (line !== undefined) return Promise.resolve(line);
      return new Promise((resolve, reject) => {
        waiting.push(resolve);
        void ended.then((result) => reject(new Error(`ended with ${result.exitCode}: ${result.stderr}`)));
      });
    },
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}

/** Runs `resonance ...` to its end. */
export function runCli(
  parameters: readonly string[],
  environment?: Record<string, string>,
): Promise<CliResult> {
  return startCli(parameters, environment).ended;
}
