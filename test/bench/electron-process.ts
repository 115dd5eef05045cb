import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';

interface DevToolsAnswer {
  readonly id?: number;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** An Electron app under measurement, watched through Chromium's own debugging port. */
export interface ElectronProcess {
  readonly pid: number;
  /** Wall time just before the process was spawned. */
  readonly spawnedAtMs: number;
  /** Wall time of the page's first contentful paint. */
  firstContentfulPaintAtMs(): Promise<number>;
  close(): Promise<void>;
}

/** Asks for the paint in the page, where it is kept; waits for it where it is yet to come. */
const paintExpression = `new Promise((resolve) => {
  new PerformanceObserver((list) => {
    const [entry] = list.getEntriesByName('first-contentful-paint');
    if (entry) resolve(performance.timeOrigin + entry.startTime);
  }).observe({ type: 'paint', buffered: true });
})`;

export async function startElectron(appArguments: readonly string[]): Promise<ElectronProcess> {
  const executable = createRequire(import.meta.url)('electron') as string;
  const switches = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const spawnedAtMs = performance.timeOrigin + performance.now();
  const child = spawn(executable, [...switches, '--remote-debugging-port=0', ...appArguments], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const socket = new WebSocket(await debuggingAddress(child));
  await once(socket, 'open');
  return {
    pid: child.pid ?? 0,
    spawnedAtMs,
    firstContentfulPaintAtMs: () => firstContentfulPaint(socket),
    close: async () => {
      socket.terminate();
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

function debuggingAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    if (child.stderr === null) throw new Error('stderr is not piped');
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Electron ended with ${code} before it could be watched`)));
    // Read to the end: an app whose stderr is full would stand still.
    createInterface({ input: child.stderr }).on('line', (line) => {
      const address = /^DevTools listening on (ws:\S+)/.exec(line)?.[1];
      if (address !== undefined) resolve(address);
    });
  });
}

async function firstContentfulPaint(socket: WebSocket): Promise<number> {
  let lastId = 0;
  const call = (method: string, params: object, sessionId?: string): Promise<Record<string, unknown>> => {
    lastId += 1;
    const id = lastId;
    return new Promise((resolve, reject) => {
      const receive = (data: WebSocket.RawData): void => {
        const answer = JSON.parse(data.toString()) as DevToolsAnswer;
        if (answer.id !== id) return;
        socket.off('message', receive);
        if (answer.error === undefined) resolve(answer.result ?? {});
        else reject(new Error(`${method}: ${answer.error.message}`));
      };
      socket.on('message', receive);
      socket.send(JSON.stringify({ id, method, params, sessionId }));
    });
  };
  const page = new Promise<string>((resolve) => {
    socket.on('message', (data) => {
      const { method, params } = JSON.parse(data.toString());
      if (method === 'Target.targetCreated' && params.targetInfo.type === 'page') {
        resolve(params.targetInfo.targetId);
      }
    });
  });
  await call('Target.setDiscoverTargets', { discover: true });
  const { sessionId } = await call('Target.attachToTarget', { targetId: await page, flatten: true });
  for (;;) {
    try {
      const { result } = (await call(
        'Runtime.evaluate',
        { expression: paintExpression, awaitPromise: true, returnByValue: true },
        String(sessionId),
      )) as { result?: { value?: unknown } };
      if (typeof result?.value === 'number') return result.value;
    } catch (error) {
      // The first document (about:blank) makes way for the page and takes the pending call with it.
      if (!/context|navigat/i.test(String(error))) throw error;
    }
  }
}

interface ProcessUse {
  readonly cpuTicks: number;
  readonly pssKibibytes: number;
}

/** Use of a process and all that it started (Linux). Ticks are hundredths of a second. */
export async function measureTree(rootPid: number): Promise<ProcessUse> {
  const stats = new Map<number, { readonly parent: number; readonly ticks: number }>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const text = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    // The command in parentheses may hold spaces.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    if (text !== '') {
      stats.set(Number(name), { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) });
    }
  }
  const isOurs = (pid: number): boolean => {
    const parent = stats.get(pid)?.parent;
    return pid === rootPid || (parent !== undefined && parent > 1 && isOurs(parent));
  };
  let cpuTicks = 0;
  let pssKibibytes = 0;
  for (const [pid, { ticks }] of stats) {
    if (!isOurs(pid)) continue;
    cpuTicks += ticks;
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
    pssKibibytes += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
  }
  return { cpuTicks, pssKibibytes };
}
