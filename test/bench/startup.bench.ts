import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../support/free-ports.js';
import { measureTree, startElectron } from './electron-process.js';

/*
 * From spawn to first contentful paint, paired with a hello-world window of the same Electron; then CPU and memory of
 * the whole app (every process) at rest. Goals: paint <= 1.4x, idle CPU < 3% of a core.
 */

const pairs = 7;
/** V8 goes on compiling in the background for about a minute after a start. */
const settleMs = 75_000;
const idleMs = 20_000;

const helloMain = `
const { app, BrowserWindow } = require('electron');
app.setPath('userData', process.argv.at(-1));
app.on('window-all-closed', () => app.quit());
app.whenReady().then(() => new BrowserWindow({ width: 1440, height: 900 }).loadFile('index.html'));
`;

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

async function paintMs(appArguments: readonly string[]): Promise<number> {
  const electron = await startElectron(appArguments);
  try {
    return (await electron.firstContentfulPaintAtMs()) - electron.spawnedAtMs;
  } finally {
    await electron.close();
  }
}

/** Per cent of one core, and MiB of proportional set size. */
async function measureAtRest(
  appArguments: readonly string[],
): Promise<{ cpuPercent: number; pssMiB: number }> {
  const electron = await startElectron(appArguments);
  try {
    await electron.firstContentfulPaintAtMs();
    await sleep(settleMs);
    const before = await measureTree(electron.pid);
    const startedAtMs = performance.now();
    await sleep(idleMs);
    const elapsedMs = performance.now() - startedAtMs;
    const after = await measureTree(electron.pid);
    const cpuMs = (after.cpuTicks - before.cpuTicks) * 10;
    return { cpuPercent: (100 * cpuMs) / elapsedMs, pssMiB: after.pssKibibytes / 1_024 };
  } finally {
    await electron.close();
  }
}

const folder = await mkdtemp(join(tmpdir(), 'resonance-startup-'));
try {
  const hello = join(folder, 'hello');
  await mkdir(hello);
  await writeFile(join(hello, 'package.json'), '{ "name": "hello", "main": "main.cjs" }');
  await writeFile(join(hello, 'main.cjs'), helloMain);
  await writeFile(join(hello, 'index.html'), '<!doctype html><title>Hello</title><h1>Hello, world</h1>');
  const [port] = await freePorts(1);
  const settingsFile = join(folder, 'settings.json');
  const settings = {
    kafka: { brokers: [`127.0.0.1:${port}`] },
    websocket: { port: 0 },
    peers: { lexamoris: null, nexus: null },
  };
  await writeFile(settingsFile, JSON.stringify(settings));
  const apps = {
    'hello-world': [hello, join(folder, 'hello-data')],
    resonance: [process.cwd(), '--data-dir', join(folder, 'data'), '--config', settingsFile],
  };

  // The first start of each writes a profile and fills the disk cache.
  for (const appArguments of Object.values(apps)) await paintMs(appArguments);
  const floors: number[] = [];
  const ours: number[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    floors.push(await paintMs(apps['hello-world']));
    ours.push(await paintMs(apps.resonance));
  }
  const ratio = median(ours.map((value, index) => value / (floors[index] ?? Number.NaN)));
  console.log(
    `first paint: resonance ${median(ours).toFixed(0)} ms, hello-world ${median(floors).toFixed(0)} ms, ` +
      `ratio ${ratio.toFixed(2)} (median of ${pairs} pairs; goal <= 1.40)`,
  );

  for (const [name, appArguments] of Object.entries(apps)) {
    const { cpuPercent, pssMiB } = await measureAtRest(appArguments);
    console.log(
      `at rest: ${name} ${cpuPercent.toFixed(1)}% of a core, ${pssMiB.toFixed(0)} MiB (all processes` +
        `${name === 'resonance' ? '; goal < 3%' : ''})`,
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
