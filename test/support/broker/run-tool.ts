import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** kcat of Debian, or undefined where it is not installed. */
export const kcatPath = ['/usr/bin/kcat', '/usr/local/bin/kcat', '/opt/homebrew/bin/kcat'].find(existsSync);

/** The interpreter that has Debian's python3-kafka, or undefined where it is not installed. */
export const pythonWithKafka =
  existsSync('/usr/bin/python3') && existsSync('/usr/lib/python3/dist-packages/kafka')
    ? '/usr/bin/python3'
    : undefined;

/** A program with its output taken line by line. */
export interface RunningTool {
  readonly process: ChildProcess;
  /** Every line written to stdout so far. */
  readonly lines: readonly string[];
  /** Resolves with the first line, old or new, that `matches`; rejects when the program ends before. */
  line(matches: (line: string) => boolean): Promise<string>;
  /** Resolves with the exit code and the lines when the program has ended; `errors` is what it wrote to stderr. */
  ended(): Promise<{ code: number | null; lines: string[]; errors: string }>;
}

/** Starts a program without a shell, with `input` on its stdin. */
export function startTool(path: string, args: readonly string[], input = ''): RunningTool {
  const process = spawn(path, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const lines: string[] = [];
  let errors = '';
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const look of waiting) look();
  };
  createInterface({ input: process.stdout }).on('line', (line) => {
    lines.push(line);
    wake();
  });
  process.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const end = new Promise<number | null>((resolve) => process.once('close', resolve));
  // A program that was killed, or ended early, does not read its input.
  process.stdin.on('error', () => undefined);
  process.stdin.end(input);
  return {
    process,
    lines,
    line: (matches) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = lines.find(matches);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
        void end.then((code) => reject(new Error(`${path} ended with ${code}: ${errors}`)));
      }),
    ended: async () => ({ code: await end, lines: [...lines], errors }),
  };
}
