import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DirectoryLock } from '../../../src/main/storage/directory-lock.js';
import { runCli } from '../../support/cli-process.js';

// Each of them starts several processes of Node.js, which takes a busy machine seconds.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder: string;
let data: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'resonance-import-'));
  data = join(folder, 'data');
  file = join(folder, 'kcat.conf');
  await writeFile(
    file,
    'security.protocol=sasl_ssl\nsasl.mechanisms=PLAIN\nsasl.username=alice\nsasl.password=wonder-land-7\nacks=1\n',
  );
});

afterEach(() => rm(folder, { recursive: true, force: true }));

function config(...parameters: string[]) {
  return runCli(['config', '--import', file, '--data-dir', data, ...parameters]);
}

test('resonance config --import shows what it would do, line by line, and changes nothing', async () => {
  const { exitCode, stdout, json } = await config('--json');
  expect(exitCode).toBe(0);
  const lines = json();
  expect(lines.map(({ key, outcome }) => [key, outcome])).toEqual([
    ['security.protocol', 'taken'],
    ['sasl.mechanisms', 'taken'],
    ['sasl.username', 'taken'],
    ['sasl.password', 'taken'],
    ['acks', 'ignored'],
    [undefined, undefined],
  ]);
  expect(lines.at(-1)).toMatchObject({ profile: 'kcat', secrets: ['password'], applied: false });
  expect(stdout).not.toContain('wonder-land-7');
  expect(await readdir(folder)).toEqual(['kcat.conf']);
});

test('with --apply the profile is saved without its password, and it is said where that goes instead', async () => {
  const refused = await config('--apply');
  expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('profiles.kcat.brokers') });
  const { exitCode, stdout, stderr } = await config(
    ...['--apply', '--profile', 'prod', '--brokers', 'one:9093,two:9093', '--color', 'red', '--read-only'],
  );
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining('profile prod') });
  expect(stderr).toContain('RESONANCE_KAFKA_PASSWORD');
  const settings = await readFile(join(data, 'settings.json'), 'utf8');
  expect(JSON.parse(settings)).toEqual({
    profiles: {
      prod: {
        brokers: ['one:9093', 'two:9093'],
        color: 'red',
        readOnly: true,
        security: { protocol: 'sasl_ssl', mechanism: 'plain', username: 'alice' },
      },
    },
  });
  expect(`${settings}${stdout}${stderr}`).not.toContain('wonder-land-7');
});

test('nothing is saved behind the back of a node that runs', async () => {
  const lock = await DirectoryLock.acquire(data);
  try {
    const { exitCode, stderr } = await config('--apply', '--brokers', 'one:9093');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('DATA_DIRECTORY_LOCKED');
    expect(await readdir(data)).not.toContain('settings.json');
  } finally {
    await lock.release();
  }
});

test('resonance config says which secrets there are and where they come from, never their values', async () => {
  const { json, stdout } = await runCli(['config', '--json', '--data-dir', data], {
    RESONANCE_KAFKA_PASSWORD: 'wonder-land-7',
  });
  expect(json()).toContainEqual({ profile: '', secret: 'password', place: 'environment' });
  expect(stdout).not.toContain('wonder-land-7');
});

test('a read-only profile is one on the command line too', async () => {
  const watched = { mode: 'embedded', brokers: ['127.0.0.1:0'], readOnly: true };
  const settings = join(folder, 'watched.json');
  await writeFile(settings, JSON.stringify({ profile: 'watched', profiles: { watched } }));
  const common = ['--config', settings, '--data-dir', data];
  const refused = await Promise.all([
    runCli(['send', '--type', 'heartbeat', '--data-dir', join(folder, 'other'), '--config', settings]),
    runCli(['simulate', '--nodes', 'nexus', ...common]),
  ]);
  for (const { exitCode, stderr } of refused) {
    expect(exitCode).toBe(1);
    expect(stderr).toContain('PROFILE_READ_ONLY');
  }
});
