import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Keychain, noKeychain, SecretStore } from '../../../src/main/settings/secret-store.js';

/** Stands for the system's: what it makes of a text does not contain the text. */
const keychain: Keychain = {
  refusal: null,
  encrypt: (text) => Buffer.from(text).map((byte) => byte ^ 0x5a) as Buffer,
  decrypt: (bytes) => Buffer.from(bytes.map((byte) => byte ^ 0x5a)).toString(),
};

describe('the secret store', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'resonance-secrets-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  function open(options: { keychain?: Keychain; environment?: Record<string, string> } = {}): SecretStore {
    return new SecretStore({ file: join(folder, 'secrets.json'), keychain, environment: {}, ...options });
  }

  it('keeps a secret encrypted, by profile, over a restart', async () => {
    await open().set('prod', 'password', 'wonder-land-7', 'keychain');
    expect(await open().read('prod', 'password')).toBe('wonder-land-7');
    expect(await open().read('', 'password')).toBeNull();
    for (const file of await readdir(folder)) {
      expect(await readFile(join(folder, file), 'utf8')).not.toContain('wonder-land-7');
    }
  });

  it('writes nothing for one that is kept for the session', async () => {
    const store = open({ keychain: noKeychain });
    await store.set('', 'clientSecret', 'only-now', 'session');
    expect(await store.read('', 'clientSecret')).toBe('only-now');
    expect(await readdir(folder)).toEqual([]);
  });

  it('refuses to keep one without a safe place, and says why', async () => {
    const store = open({ keychain: noKeychain });
    await expect(store.set('', 'password', 'secret', 'keychain')).rejects.toMatchObject({
      code: 'COMMAND_DENIED',
      message: expect.stringContaining('keychain'),
    });
    expect(await readdir(folder)).toEqual([]);
    expect((await store.view('')).keychainRefusal).toMatch(/keychain/);
  });

  it('tells where each is kept, and never its value', async () => {
    const store = open({ environment: { RESONANCE_KAFKA_KEY_PASSPHRASE: 'from-outside' } });
    await store.set('', 'password', 'kept', 'keychain');
    await store.set('', 'clientSecret', 'held', 'session');
    const view = await store.view('');
    expect(view.secrets).toEqual([
      { name: 'password', place: 'keychain' },
      { name: 'keyPassphrase', place: 'environment' },
      { name: 'clientSecret', place: 'session' },
      { name: 'privateKey', place: null },
    ]);
    expect(await store.read('', 'keyPassphrase')).toBe('from-outside');
  });

  it('forgets one everywhere', async () => {
    const store = open();
    await store.set('', 'password', 'kept', 'keychain');
    await store.set('', 'password', null, 'keychain');
    expect(await store.read('', 'password')).toBeNull();
    expect((await store.view('')).secrets[0]).toEqual({ name: 'password', place: null });
  });
});
