import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileKindAt } from '../../../src/main/settings/client-file/file-kind.js';
import { type CertificateFiles, packPkcs12, TestAuthority } from '../../support/certificates.js';

const run = promisify(execFile);

let folder: string;
let files: CertificateFiles;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'resonance-kinds-'));
  const authority = await TestAuthority.create(folder);
  files = await authority.issue({ name: 'client', alternativeNames: 'DNS:client' });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('key and trust stores are told by their content', async () => {
  const at = (name: string): string => join(folder, name);
  await packPkcs12(files, 'sesame', at('store'));
  await run('openssl', ['x509', '-in', files.certificate, '-outform', 'der', '-out', at('certificate')]);
  await writeFile(at('java'), Buffer.from('feedfeed0000000200000001', 'hex'));
  await writeFile(at('text'), 'nothing of the kind');
  await writeFile(at('empty'), '');
  await mkdir(at('folder'));
  const kinds = await Promise.all(
    [
      files.certificate,
      files.keystore,
      'store',
      'certificate',
      'java',
      'text',
      'empty',
      'folder',
      'none',
    ].map((name) => fileKindAt(name.startsWith('/') ? name : at(name))),
  );
  expect(kinds).toEqual(['pem', 'pem', 'pkcs12', 'der', 'jks', 'unknown', 'unknown', 'directory', 'missing']);
});
