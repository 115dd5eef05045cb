import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A certificate with its key: PEM files, and both in one file as a broker's keystore takes them. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
  readonly keystore: string;
}

export interface CertificateRequest {
  /** Names the files and the subject. */
  readonly name: string;
  /** `DNS:localhost,IP:127.0.0.1` */
  readonly alternativeNames: string;
  /** Valid until then, as OpenSSL writes it (`20200101000000Z`). Default: for ten days. */
  readonly notAfter?: string;
}

/** A certificate authority made with openssl for one test run, its files in a folder of the test's own. */
export class TestAuthority {
  readonly certificate: string;
  readonly #folder: string;
  readonly #key: string;

  private constructor(folder: string, name: string) {
    this.#folder = folder;
    this.certificate = join(folder, `${name}.pem`);
    this.#key = join(folder, `${name}.key`);
  }

  static async create(folder: string, name = 'ca'): Promise<TestAuthority> {
    const authority = new TestAuthority(folder, name);
    await openssl(
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '10',
      ],
      ...['-subj', `/CN=${name}`, '-keyout', authority.#key, '-out', authority.certificate],
    );
    return authority;
  }

  /** Signs a certificate for a server or a client. */
  async issue({ name, alternativeNames, notAfter }: CertificateRequest): Promise<CertificateFiles> {
    const file = (suffix: string): string => join(this.#folder, `${name}.${suffix}`);
    const files = { certificate: file('pem'), key: file('key'), keystore: file('keystore.pem') };
    await openssl(
      ...[
        'req',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-subj',
        `/CN=${name}`,
      ],
      ...['-keyout', files.key, '-out', file('csr')],
    );
    // `openssl ca` alone takes dates in the past.
    await writeFile(file('db'), '');
    await writeFile(
      file('cnf'),
      `[ca]\ndefault_ca=own\n[own]\nnew_certs_dir=${this.#folder}\ndatabase=${file('db')}\nrand_serial=yes\n` +
        `default_md=sha256\npolicy=any\nunique_subject=no\n[any]\ncommonName=supplied\n` +
        `[extensions]\nsubjectAltName=${alternativeNames}\n`,
    );
    const validity =
      notAfter === undefined ? ['-days', '10'] : ['-startdate', '20200101000000Z', '-enddate', notAfter];
    await openssl(
      ...['ca', '-batch', '-notext', '-config', file('cnf'), '-extensions', 'extensions', ...validity],
      ...['-cert', this.certificate, '-keyfile', this.#key, '-in', file('csr'), '-out', files.certificate],
    );
    const [key, certificate, authority] = await Promise.all(
      [files.key, files.certificate, this.certificate].map((path) => readFile(path, 'utf8')),
    );
    await writeFile(files.keystore, `${key}${certificate}${authority}`);
    return files;
  }
}

/** A copy of a PEM key that needs a passphrase. */
export async function encryptKey(key: string, passphrase: string, out: string): Promise<string> {
  await openssl(
    'pkcs8',
    '-topk8',
    '-v2',
    'aes-256-cbc',
    '-in',
    key,
    '-passout',
    `pass:${passphrase}`,
    '-out',
    out,
  );
  return out;
}

/** A PKCS#12 file with certificate and key. */
export async function packPkcs12(files: CertificateFiles, password: string, out: string): Promise<string> {
  await openssl(
    ...['pkcs12', '-export', '-in', files.certificate, '-inkey', files.key],
    ...['-passout', `pass:${password}`, '-out', out],
  );
  return out;
}

async function openssl(...parameters: string[]): Promise<void> {
  await run('openssl', parameters, { timeout: 30_000 });
}
