import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type CliProcess, runCli, startCli } from '../../support/cli-process.js';
import { startTestBroker, type TestBroker } from '../../support/embedded-broker.js';
import { freePorts } from '../../support/free-ports.js';

// Each of them starts several processes of Node.js, which takes a busy machine seconds.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder: string;
let broker: TestBroker;
const running: CliProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'resonance-cli-'));
  broker = await startTestBroker();
});

afterEach(() => Promise.all(running.splice(0).map((cli) => cli.stop('SIGKILL'))));

afterAll(async () => {
  await broker.close();
  await rm(folder, { recursive: true, force: true });
});

function start(...parameters: string[]): CliProcess {
  const cli = startCli([...parameters, ...common()]);
  running.push(cli);
  return cli;
}

function run(...parameters: string[]) {
  return runCli([...parameters, ...common()]);
}

/** An empty data folder, and the test's own broker. */
function common(): string[] {
  return ['--data-dir', join(folder, 'data'), '--set', `kafka.brokers=${broker.brokers.join(',')}`];
}

describe('resonance config', () => {
  test('prints every value with where it came from', async () => {
    const file = join(folder, 'file.json');
    await writeFile(file, '{"sync": {"intervalMs": 500}}');
    const { exitCode, json } = await runCli(
      ['config', '--json', '--config', file, '--set', 'websocket.port=0'],
      {
        LOG_LEVEL: 'DEBUG',
        KAFKA_BROKERS: 'a:1,b:2',
      },
    );
    expect(exitCode).toBe(0);
    expect(json()).toEqual(
      expect.arrayContaining([
        { path: 'node.name', value: 'resonance', source: 'default' },
        { path: 'sync.intervalMs', value: 500, source: 'file' },
        { path: 'kafka.brokers', value: ['a:1', 'b:2'], source: 'environment' },
        { path: 'log.level', value: 'debug', source: 'environment' },
        { path: 'websocket.port', value: 0, source: 'flag' },
      ]),
    );
  });

  test('fails on a wrong value, in one line with path, what was given and what is allowed', async () => {
    const { exitCode, stderr } = await run('config', '--set', 'websocket.port=seventy');
    expect(exitCode).toBe(1);
    expect(stderr.trim()).toBe(
      'websocket.port (flag): got "seventy", expected a whole number from 0 to 65535',
    );
  });

  test('fails on a file that was named and is not there', async () => {
    const file = join(folder, 'mistyped.json');
    const { exitCode, stderr } = await run('config', '--config', file);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${file}: no such file`);
  });
});

describe('resonance send and tail', () => {
  test.each([
    [
      ['--type', 'state', '--frequency', '0.05', '--s-roi', '0.6', '--data', '{"status":"x"}'],
      'resonance.state.sync',
      { type: 'state_update', data: { frequency: 0.05, s_roi: 0.6, status: 'x' } },
    ],
    [
      ['--type', 'frequency', '--frequency', '0.044'],
      'resonance.state.sync',
      { type: 'frequency_sync', frequency: 0.044, s_roi: 0.502 },
    ],
    [['--type', 's_roi', '--s-roi', '0.7'], 'resonance.state.sync', { type: 's_roi_update', s_roi: 0.7 }],
    [
      ['--type', 'event', '--event-type', 'push', '--message', 'hi', '--target', 'nexus'],
      'resonance.nexus',
      { type: 'repository_event', event_type: 'push', data: { message: 'hi' } },
    ],
    [['--type', 'heartbeat'], 'resonance.state.sync', { type: 'heartbeat', frequency: 0.043 }],
  ])('sends %j and reads it back', async (options, topic, expected) => {
    const sent = await run('send', '--json', ...options);
    expect(sent.exitCode, sent.stderr).toBe(0);
    const [position] = sent.json();
    expect(position).toEqual({ topic, partition: 0, offset: expect.stringMatching(/^\d+$/) });
    const count = String(Number(position?.offset) + 1);
    const tailed = await run('tail', '--json', '--topic', topic, '--from', 'beginning', '--count', count);
    expect(tailed.exitCode, tailed.stderr).toBe(0);
    expect(tailed.json().at(-1)).toMatchObject({
      ...position,
      message: { ...expected, source: 'resonance', anchor: 'BOLZANO_71' },
    });
  });

  test.each([
    [
      ['--type', 'event', '--target', 'nobody'],
      1,
      'TARGET_UNKNOWN: No node is named nobody; known are: lexamoris, nexus',
    ],
    [['--type', 'telepathy'], 2, 'COMMAND_INVALID'],
    [['--type', 's_roi'], 2, '--type s_roi needs --s-roi'],
    [['--type', 'state', '--data', '{oops'], 2, '--data is not JSON'],
    [['--frobnicate'], 2, 'frobnicate'],
  ])('refuses %j', async (options, exitCode, words) => {
    const result = await run('send', ...options);
    expect(result.exitCode).toBe(exitCode);
    expect(result.stderr).toContain(words);
    expect(result.stdout).toBe('');
  });

  test('keeps what is sent while no node runs, for the node to read when it starts', async () => {
    const data = join(folder, 'alone');
    const [port] = await freePorts(1);
    const own = ['--data-dir', data, '--set', `kafka.brokers=127.0.0.1:${port}`];
    const sent = await runCli(['send', '--json', '--type', 's_roi', '--s-roi', '0.8', ...own]);
    expect(sent.exitCode, sent.stderr).toBe(0);
    const tailed = await runCli([
      'tail',
      '--json',
      '--topic',
      'resonance.state.sync',
      '--from',
      'beginning',
      '--count',
      '1',
      ...own,
    ]);
    expect(tailed.json()).toMatchObject([{ offset: '0', message: { s_roi: 0.8 } }]);
  });
});

describe('resonance start', () => {
  test('prints the ready line first, serves, and exits 0 when it is interrupted', async () => {
    const cli = start('start', '--json', '--set', 'websocket.port=0');
    const ready = JSON.parse(await cli.nextLine());
    expect(ready).toEqual({
      event: 'ready',
      node: 'resonance',
      websocket: expect.stringMatching(/^ws:\/\/127\.0\.0\.1:\d+$/),
      kafka: { mode: 'external', brokers: broker.brokers },
    });
    const result = await cli.stop('SIGINT');
    expect(result.exitCode).toBe(0);
    expect(result.json()).toHaveLength(1);
  });

  test('refuses a data folder that another instance uses', async () => {
    const first = start('start', '--json', '--set', 'websocket.port=0');
    await first.nextLine();
    const second = await run('start', '--set', 'websocket.port=0');
    expect(second.exitCode).toBe(1);
    expect(second.stderr).toContain('DATA_DIRECTORY_LOCKED');
  });
});

describe('resonance doctor', () => {
  test('exits 1 when a step fails, and says what to do', async () => {
    const result = await run('doctor', '--json', '--set', 'websocket.port=0', '--set', 'peers.nexus=null');
    expect(result.exitCode).toBe(1);
    const steps = result.json();
    expect(steps.find(({ id }) => id === `kafka.${broker.brokers[0]}.handshake`)).toMatchObject({
      state: 'passed',
    });
    expect(steps.filter(({ state }) => state === 'failed')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: 'websocket.lexamoris.dns', hint: expect.stringContaining('endpoint') }),
      ]),
    );
  });

  test('exits 0 when everything is well', async () => {
    const cli = start(
      'start',
      '--json',
      '--set',
      'websocket.port=0',
      '--set',
      'peers.nexus=null',
      '--set',
      'peers.lexamoris=null',
    );
    const { websocket } = JSON.parse(await cli.nextLine());
    for (const topic of ['event', 'state']) await run('send', '--type', topic, '--message', 'x');
    const result = await run(
      'doctor',
      '--set',
      `websocket.port=${new URL(websocket).port}`,
      '--set',
      'peers.nexus=null',
      '--set',
      'peers.lexamoris=null',
    );
    expect(result.exitCode, result.stdout).toBe(0);
  });
});

describe('resonance simulate', () => {
  test('starts demo nodes that publish, until it is interrupted', async () => {
    const cli = start('simulate', '--json', '--nodes', 'aurora', '--fault', 'drift');
    expect(JSON.parse(await cli.nextLine())).toMatchObject({
      event: 'started',
      name: 'aurora',
      faults: ['drift'],
    });
    const tailed = await run(
      'tail',
      '--json',
      '--topic',
      'resonance.inbound',
      '--from',
      'beginning',
      '--count',
      '1',
    );
    expect(tailed.json()).toMatchObject([{ node: 'aurora', message: { type: 'repository_event' } }]);
    expect((await cli.stop()).exitCode).toBe(0);
  });
});

describe('resonance broker', () => {
  test('runs the embedded broker alone', async () => {
    const cli = startCli(['broker', '--json', '--port', '0', '--data-dir', join(folder, 'broker-alone')]);
    running.push(cli);
    const { brokers } = JSON.parse(await cli.nextLine());
    const sent = await runCli([
      'send',
      '--json',
      '--type',
      'heartbeat',
      '--set',
      `kafka.brokers=${brokers[0]}`,
      '--data-dir',
      join(folder, 'other'),
    ]);
    expect(sent.json()).toMatchObject([{ offset: '0' }]);
    expect((await cli.stop()).exitCode).toBe(0);
  });
});

describe('resonance', () => {
  test.each([
    [['--help'], 0],
    [[], 2],
    [['frobnicate'], 2],
    [['start', '--set'], 2],
    [['broker', '--port', 'many'], 2],
  ])('%j exits with %i', async (parameters, exitCode) => {
    expect((await runCli(parameters)).exitCode).toBe(exitCode);
  });
});
