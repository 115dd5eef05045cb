import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Waiter } from './waiter.js';

/** Debian's modules belong to the system's Python, whatever `python3` is first in the path. */
const python = '/usr/bin/python3';
const script = fileURLToPath(new URL('./python/resonance_node.py', import.meta.url));

/** Why the Python node cannot run here, or null when it can. */
export async function whyNoPythonNode(): Promise<string | null> {
  try {
    await promisify(execFile)(python, ['-c', 'import websockets, kafka']);
    return null;
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    const reason = stderr.trim().split('\n').at(-1) || String(error);
    return `${reason} (on Debian: apt-get install python3-websockets python3-kafka)`;
  }
}

/** A line that the node printed; the file's head lists the kinds. */
export interface PythonEvent {
  readonly event: 'ready' | 'received' | 'produced' | 'peer_open' | 'peer_gone' | 'client_gone' | 'failed';
  /** `server`, `peer:NAME`, or `kafka`. */
  readonly via?: string;
  readonly text?: string;
  readonly [field: string]: unknown;
}

export interface PythonNode {
  /** The URL of its WebSocket server. */
  readonly url: string;
  readonly events: readonly PythonEvent[];
  /** The first event that fulfils the condition, of the past or the future. */
  event(condition: (event: PythonEvent) => boolean): Promise<PythonEvent>;
  /** The first message that it received so, parsed. */
  received(via: string, type: string): Promise<Record<string, unknown>>;
  command(command: { readonly command: string; readonly [field: string]: unknown }): void;
  stop(): Promise<void>;
  /** Ends it without a goodbye. */
  kill(): Promise<void>;
}

/** Starts the node; the arguments are those of `resonance_node.py --help`. */
export async function startPythonNode(args: readonly string[] = []): Promise<PythonNode> {
  const child = spawn(python, [script, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  const waiter = new Waiter();
  const events: PythonEvent[] = [];
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    complaint = (complaint + chunk).slice(-4_000);
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    events.push(JSON.parse(line) as PythonEvent);
    waiter.check();
  });
  let hasExited = false;
  const exited = once(child, 'exit').then(() => {
    hasExited = true;
    waiter.check();
  });

  const event = async (condition: (event: PythonEvent) => boolean): Promise<PythonEvent> => {
    await waiter.until(() => hasExited || events.some(condition));
    const found = events.find(condition);
    if (found === undefined) throw new Error(`the Python node has ended: ${complaint}`);
    return found;
  };
  const ready = await event(({ event: kind }) => kind === 'ready');
  return {
    url: String(ready.websocket),
    events,
    event,
    received: async (via, type) => {
      const isMeant = (text: string | undefined): boolean =>
        text?.startsWith('{') === true && (JSON.parse(text) as { type?: string }).type === type;
      const { text = '' } = await event((candidate) => candidate.via === via && isMeant(candidate.text));
      return JSON.parse(text) as Record<string, unknown>;
    },
    command: (command) => {
      child.stdin.write(`${JSON.stringify(command)}\n`);
    },
    stop: async () => {
      if (!hasExited) child.stdin.end(`${JSON.stringify({ command: 'stop' })}\n`);
      await endOf(child, exited, 3_000);
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function endOf(child: ChildProcess, exited: Promise<void>, deadlineMs: number): Promise<void> {
  const deadline = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
  await exited;
  clearTimeout(deadline);
}
