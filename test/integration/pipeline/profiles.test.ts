import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startTestNode, type TestNode } from '../../support/test-node.js';

let running: TestNode;

beforeEach(async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'resonance-node-'));
  const embedded = { mode: 'embedded', brokers: ['127.0.0.1:0'] };
  const settings = {
    profile: 'first',
    profiles: { first: { ...embedded, color: 'blue' }, second: { ...embedded, groupId: 'second-group' } },
  };
  await writeFile(join(dataDirectory, 'settings.json'), JSON.stringify(settings));
  running = await startTestNode({ dataDirectory });
  for (const profile of ['first', 'second']) {
    await running.node.execute('settings.setSecret', {
      profile,
      name: 'password',
      value: `of ${profile}`,
      keep: 'session',
    });
  }
});

afterEach(() => running.close());

async function file(): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(running.dataDirectory, 'settings.json'), 'utf8'));
}

function untilActive(name: string): Promise<unknown> {
  return running.feed(({ status }) =>
    status?.profile.name === name && status.phase === 'running' ? true : undefined,
  );
}

describe('profiles', () => {
  test('are switched without a restart, each with a folder of its own', async () => {
    const { node } = running;
    await untilActive('first');
    await node.execute('settings.update', { profile: 'second' });
    await untilActive('second');
    expect(node.status().kafka.consumer.groupId).toBe('second-group');
    expect((await readdir(join(running.dataDirectory, 'profiles'))).sort()).toEqual(['first', 'second']);
  });

  test('take their secrets and their folder along under a new name, also while in use', async () => {
    const { node, dataDirectory } = running;
    await untilActive('first');
    await writeFile(join(dataDirectory, 'profiles', 'first', 'mark'), 'of the first');
    expect((await node.execute('profiles.rename', { from: 'first', to: 'renamed' })).problems).toEqual([]);
    await untilActive('renamed');
    expect(await node.secrets.read('renamed', 'password')).toBe('of first');
    expect(await node.secrets.read('first', 'password')).toBeNull();
    expect(await readFile(join(dataDirectory, 'profiles', 'renamed', 'mark'), 'utf8')).toBe('of the first');
    expect(await file()).toMatchObject({ profile: 'renamed', profiles: { renamed: { color: 'blue' } } });
    await expect(node.execute('profiles.rename', { from: 'renamed', to: 'second' })).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
    });
    await expect(node.execute('profiles.rename', { from: 'renamed', to: '../out' })).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      hint: expect.stringContaining('letters'),
    });
    await untilActive('renamed');
    expect(await readFile(join(dataDirectory, 'profiles', 'renamed', 'mark'), 'utf8')).toBe('of the first');
    expect(await node.secrets.read('renamed', 'password')).toBe('of first');
  });

  test('are copied with their secrets', async () => {
    const { node } = running;
    await node.execute('profiles.duplicate', { from: 'second', to: 'third' });
    expect(node.settings.view().config.profiles.third).toEqual(node.settings.view().config.profiles.second);
    expect(await node.secrets.read('third', 'password')).toBe('of second');
  });

  test('are removed when not in use, and come back whole', async () => {
    const { node, dataDirectory } = running;
    const before = node.settings.view().config.profiles;
    await expect(node.execute('profiles.remove', 'first')).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      hint: expect.stringContaining('Switch'),
    });
    await node.execute('profiles.remove', 'second');
    expect(Object.keys(node.settings.view().config.profiles)).toEqual(['first']);
    expect(await node.secrets.read('second', 'password')).toBeNull();
    await node.execute('profiles.restore', 'second');
    expect(node.settings.view().config.profiles).toEqual(before);
    expect(await node.secrets.read('second', 'password')).toBe('of second');
    expect(await readdir(dataDirectory)).not.toContain('certificates');
  });

  test('are made of a client’s file, with the certificates in it as files and its password among the secrets', async () => {
    const { node, dataDirectory } = running;
    const text =
      'bootstrap.servers=one:9093\nsecurity.protocol=sasl_ssl\nsasl.mechanisms=PLAIN\nsasl.username=alice\nsasl.password=wonder-land-7\n' +
      'ssl.ca.pem=-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----\n';
    const source = { kind: 'text', text } as const;
    const preview = await node.execute('profiles.previewImport', source);
    expect(preview).toMatchObject({ name: 'imported', secrets: ['password'], notes: [] });
    expect(preview.keychainRefusal).toMatch(/keychain/);
    expect(JSON.stringify(preview)).not.toContain('wonder-land-7');
    const request = { source, name: 'prod', color: 'red', readOnly: true, brokers: null } as const;
    expect((await node.execute('profiles.import', request)).problems).toEqual([]);
    const caFile = join(dataDirectory, 'certificates', 'prod-ca.pem');
    expect(node.settings.view().config.profiles.prod).toMatchObject({
      color: 'red',
      readOnly: true,
      brokers: ['one:9093'],
      security: { protocol: 'sasl_ssl', mechanism: 'plain', username: 'alice', caFile },
    });
    expect(await readFile(caFile, 'utf8')).toContain('AAAA');
    expect(await node.secrets.read('prod', 'password')).toBe('wonder-land-7');
    expect(JSON.stringify(await file())).not.toContain('wonder-land-7');
    for (const name of ['prod', '__proto__', '../out', 'a.b', '']) {
      await expect(node.execute('profiles.import', { ...request, name }), name).rejects.toMatchObject({
        code: 'CONFIGURATION_INVALID',
      });
    }
    expect(Object.keys(await node.secrets.copy('__proto__'))).toEqual([]);
  });
});
