import type { NodeCommandName } from '../../../src/main/pipeline/node-runtime.js';
import type { KafkaPosition } from '../../../src/shared/envelope.js';
import { type ErrorReport, ResonanceError } from '../../../src/shared/errors.js';
import type { CommandParameters, CommandResults } from '../../../src/shared/ipc.js';
import { type BundledProgram, bundleProgram } from '../typescript-process.js';

/** A node that ran, and was ready once. */
export interface NodeProcess {
  readonly pid: number;
  readonly brokers: readonly string[];
  readonly url: string;
  /** What it wrote on stderr so far: its log, a JSON object a line. */
  log(): string;
  /** As the window executes it. @throws {ResonanceError} as the node said it */
  execute<N extends NodeCommandName>(name: N, parameters: CommandParameters<N>): Promise<CommandResults[N]>;
  signal(signal: NodeJS.Signals): void;
  /** Resolves with the exit code when it has ended. */
  readonly ended: Promise<number | null>;
}

export interface NodeProcessOptions {
  readonly dataDirectory: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly onHandled?: (id: string, position: KafkaPosition | null) => void;
  /** It is about to open its files: to be killed while it recovers. */
  readonly onStarting?: (kill: () => void) => void;
}

interface Line {
  readonly starting?: true;
  readonly id?: number;
  readonly ready?: { readonly brokers: readonly string[]; readonly url: string };
  readonly value?: unknown;
  readonly error?: ErrorReport;
  readonly handled?: string;
  readonly position?: KafkaPosition | null;
}

/** Starts nodes as processes of their own; to be closed, which kills what still runs. */
export class NodeProcesses {
  readonly #program: BundledProgram;

  private constructor(program: BundledProgram) {
    this.#program = program;
  }

  static async prepare(): Promise<NodeProcesses> {
    return new NodeProcesses(await bundleProgram('faults/node-program.ts'));
  }

  /** Resolves when the node is ready. @throws {ResonanceError} what kept it from starting */
  async start({
    dataDirectory,
    settings = {},
    onHandled,
    onStarting,
  }: NodeProcessOptions): Promise<NodeProcess> {
    const { child, lines, ended } = this.#program.start([dataDirectory, JSON.stringify(settings)], [], {
      isPiped: true,
    });
    const answers = new Map<number, (line: Line) => void>();
    let log = '';
    let commands = 0;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
    // What is written to a process that is going is answered by its end.
    child.stdin?.on('error', () => undefined);
    const first = new Promise<Line>((resolve) => {
      lines.on('line', (text) => {
        const line = JSON.parse(text) as Line;
        if (line.starting) onStarting?.(() => child.kill('SIGKILL'));
        else if (line.handled !== undefined) onHandled?.(line.handled, line.position ?? null);
        else if (line.id === undefined) resolve(line);
        else answers.get(line.id)?.(line);
      });
      void ended.then(() =>
        resolve({ error: { code: 'INTERNAL', message: `it ended: ${log}`, retriable: false } }),
      );
    });
    const { ready, error } = await first;
    if (ready === undefined || child.pid === undefined) throw asError(error);
    return {
      pid: child.pid,
      brokers: ready.brokers,
      url: ready.url,
      log: () => log,
      async execute<N extends NodeCommandName>(name: N, parameters: CommandParameters<N>) {
        const id = ++commands;
        const answered = new Promise<Line>((resolve) => {
          answers.set(id, resolve);
          void ended.then(() => resolve({ error: nodeEnded }));
        });
        child.stdin?.write(`${JSON.stringify({ id, name, parameters })}\n`);
        const line = await answered;
        answers.delete(id);
        if (line.error !== undefined) throw asError(line.error);
        return line.value as CommandResults[N];
      },
      signal: (signal) => {
        child.kill(signal);
      },
      ended: ended.then(() => child.exitCode),
    };
  }

  close(): Promise<void> {
    return this.#program.close();
  }
}

/** What a command gets that was not answered before the process ended: nobody knows what became of it. */
export const nodeEnded: ErrorReport = {
  code: 'SHUTTING_DOWN',
  message: 'the process of the node ended',
  retriable: false,
};

function asError(report: ErrorReport | undefined): ResonanceError {
  const { code, message, retriable, hint } = report ?? {
    code: 'INTERNAL',
    message: 'no reason',
    retriable: false,
  };
  return new ResonanceError(code, message, { retriable, ...(hint === undefined ? {} : { hint }) });
}
