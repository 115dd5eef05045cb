import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readClientFile } from '../../../../src/main/settings/client-file/client-file.js';
import { detectSyntax, readEntries } from '../../../../src/main/settings/client-file/entries.js';
import type { FileKind } from '../../../../src/main/settings/client-file/file-kind.js';
import { resolveConfig } from '../../../../src/shared/resolve-config.js';

function read(text: string, kinds: Readonly<Record<string, FileKind>> = {}, fileName = 'client.properties') {
  const syntax = detectSyntax(text, fileName);
  const file = readClientFile({
    text,
    syntax,
    resolve: (path) => (path.startsWith('/') ? path : `/files/${path}`),
    kindOf: (path) => kinds[path] ?? 'missing',
  });
  const line = (key: string) => file.report.find((entry) => entry.key === key);
  return { ...file, syntax, line };
}

const placeholder = ['$', '{file:/secrets:password}'].join('');

const confluentCloud = `
# Required connection configs for Kafka producer, consumer, and admin
bootstrap.servers=pkc-4r297.europe-west1.gcp.confluent.cloud:9092
security.protocol=SASL_SSL
sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username='KEY7' password='se"cr\\\\"et';
sasl.mechanism=PLAIN
# Required for correctness in Apache Kafka clients prior to 2.6
client.dns.lookup=use_all_dns_ips
session.timeout.ms=45000
acks=all
schema.registry.url=https://registry.example
`;

describe('a client.properties', () => {
  test('becomes a profile, with its password among the secrets and in no line of the report', () => {
    const file = read(confluentCloud);
    expect(file.syntax).toBe('java');
    expect(file.settings).toEqual({
      brokers: ['pkc-4r297.europe-west1.gcp.confluent.cloud:9092'],
      'security.protocol': 'sasl_ssl',
      'security.mechanism': 'plain',
      'security.username': 'KEY7',
    });
    expect(file.secrets).toEqual({ password: 'se"cr"et' });
    expect(JSON.stringify(file.report)).not.toContain('se\\"cr');
    expect(file.line('sasl.jaas.config')).toMatchObject({ outcome: 'taken', line: 5 });
    expect(file.line('acks')).toMatchObject({
      outcome: 'ignored',
      detail: expect.stringContaining('acks=all'),
    });
    expect(file.line('schema.registry.url')).toMatchObject({ outcome: 'ignored' });
    expect(file.notes).toEqual([]);
  });

  test('is read with Java’s escapes, comments, separators and lines that go on', () => {
    const text = [
      '! a comment',
      '  # another',
      'client.id : my\\u0020node\\t1',
      'bootstrap.servers   a:1,\\',
      '      b:2,\\\\',
      'spaced\\ key\\=x=1',
      'empty=',
      'alone',
      'wrong=\\u12',
    ].join('\r\n');
    expect(readEntries(text, 'java').entries).toEqual([
      { key: 'client.id', value: 'my node\t1', line: 3 },
      { key: 'bootstrap.servers', value: 'a:1,b:2,\\', line: 4 },
      { key: 'spaced key=x', value: '1', line: 6 },
      { key: 'empty', value: '', line: 7 },
      { key: 'alone', value: '', line: 8 },
      { key: 'wrong', value: 'u12', line: 9 },
    ]);
  });

  test('names PEM stores by file, and takes inline ones, the key among the secrets', () => {
    const file = read(
      'security.protocol=SSL\nssl.truststore.type=PEM\nssl.truststore.location=/ca.pem\nssl.keystore.type=PEM\n' +
        'ssl.keystore.key=-----BEGIN PRIVATE KEY----- AAAA BBBB -----END PRIVATE KEY-----\n' +
        'ssl.keystore.certificate.chain=-----BEGIN CERTIFICATE-----\\nCCCC\\n-----END CERTIFICATE-----\nssl.key.password=sesame',
      { '/ca.pem': 'pem' },
    );
    expect(file.settings).toMatchObject({ 'security.caFile': '/ca.pem' });
    expect(file.secrets).toEqual({
      privateKey: '-----BEGIN PRIVATE KEY-----\nAAAA\nBBBB\n-----END PRIVATE KEY-----\n',
      keyPassphrase: 'sesame',
    });
    expect(file.certificates).toEqual({
      'security.certificateFile': '-----BEGIN CERTIFICATE-----\nCCCC\n-----END CERTIFICATE-----\n',
    });
  });

  test('says how to convert what only Java reads, and takes a PKCS#12 key store whatever its name', () => {
    const file = read(
      'ssl.truststore.location=trust store.jks\nssl.truststore.password=changeit\nssl.keystore.location=/client.keystore\n' +
        'ssl.keystore.password=sesame\nssl.key.password=sesame',
      { '/files/trust store.jks': 'jks', '/client.keystore': 'pkcs12' },
    );
    expect(file.line('ssl.truststore.location')).toMatchObject({
      outcome: 'unsupported',
      hint: expect.stringContaining(
        "keytool -list -rfc -keystore '/files/trust store.jks' > '/files/trust store.pem'",
      ),
    });
    expect(file.settings).toEqual({ 'security.certificateFile': '/client.keystore' });
    expect(file.secrets).toEqual({ keyPassphrase: 'sesame' });
  });

  test('refuses what cannot be had here, with what to do instead', () => {
    const file = read(
      'bootstrap.servers=a:9092\nsecurity.protocol=SASL_PLAINTEXT\nsasl.mechanism=GSSAPI\nsasl.kerberos.service.name=kafka\n' +
        'sasl.jaas.config=com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true;\nssl.endpoint.identification.algorithm=\n' +
        `sasl.password=${placeholder}\nsasl.jaas.config=nonsense`,
    );
    for (const key of [
      'sasl.mechanism',
      'sasl.kerberos.service.name',
      'ssl.endpoint.identification.algorithm',
    ]) {
      expect(file.line(key), key).toMatchObject({ outcome: 'unsupported', hint: expect.any(String) });
    }
    expect(file.report.filter(({ key }) => key === 'sasl.jaas.config')).toEqual([
      expect.objectContaining({ outcome: 'ignored', detail: expect.stringContaining('line 8') }),
      expect.objectContaining({ outcome: 'unsupported' }),
    ]);
    expect(file.line('sasl.password')).toMatchObject({ outcome: 'unsupported' });
    expect(file.secrets).toEqual({});
    expect(file.notes.join(' ')).toContain('Kerberos');
  });

  test('takes a bearer token’s source, by client credentials or by file', () => {
    const credentials = read(
      'sasl.mechanism=OAUTHBEARER\nsasl.oauthbearer.token.endpoint.url=https://id.example/token\n' +
        'sasl.login.callback.handler.class=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler\n' +
        'sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required clientId="me" clientSecret="shh" scope="kafka";',
    );
    expect(credentials.settings).toEqual({
      'security.mechanism': 'oauthbearer',
      'security.oauth.tokenEndpoint': 'https://id.example/token',
      'security.oauth.clientId': 'me',
      'security.oauth.scope': 'kafka',
    });
    expect(credentials.secrets).toEqual({ clientSecret: 'shh' });
    const file = read('sasl.mechanism=OAUTHBEARER\nsasl.oauthbearer.token.endpoint.url=file:///run/token');
    expect(file.settings).toMatchObject({ 'security.oauth.tokenFile': '/run/token' });
  });
});

describe('a kcat.conf', () => {
  const text = [
    '# kcat',
    'metadata.broker.list = sasl_ssl://one.example,two.example:9094',
    'security.protocol=sasl_ssl',
    'sasl.mechanisms=SCRAM-SHA-256',
    'sasl.username=alice',
    'sasl.password=C:\\new\\u0041=x',
    'ssl.ca.location=ca.pem',
    'enable.ssl.certificate.verification=false',
    'topic.acks=1',
    'no entry',
  ].join('\n');

  test('becomes a profile, its values taken as they stand', () => {
    const file = read(text, { '/files/ca.pem': 'pem' }, 'kcat.conf');
    expect(file.syntax).toBe('librdkafka');
    expect(file.settings).toEqual({
      brokers: ['one.example:9092', 'two.example:9094'],
      'security.protocol': 'sasl_ssl',
      'security.mechanism': 'scram-sha-256',
      'security.username': 'alice',
      'security.caFile': '/files/ca.pem',
    });
    expect(file.secrets).toEqual({ password: 'C:\\new\\u0041=x' });
    expect(file.line('enable.ssl.certificate.verification')).toMatchObject({ outcome: 'unsupported' });
    expect(file.line('no entry')).toMatchObject({ outcome: 'ignored', line: 10 });
  });

  test('is known by its keys under any name, and Java’s file too', () => {
    expect(detectSyntax(text, 'client.properties')).toBe('librdkafka');
    expect(detectSyntax(confluentCloud, 'kcat.conf')).toBe('java');
    expect(detectSyntax('client.id=x', 'a.properties')).toBe('java');
    expect(detectSyntax('client.id=x', 'a.conf')).toBe('librdkafka');
  });
});

describe('any text', () => {
  const known = fc.constantFrom(
    'client.id',
    'group.id',
    'sasl.username',
    'bootstrap.servers',
    'security.protocol',
    'sasl.mechanism',
    'sasl.mechanisms',
    'sasl.jaas.config',
    'sasl.password',
    'ssl.truststore.location',
    'ssl.keystore.location',
    'ssl.key.pem',
    'sasl.oauthbearer.token.endpoint.url',
    'constructor',
    '__proto__',
    'toString',
  );
  const kinds = fc.constantFrom<FileKind>('pem', 'pkcs12', 'jks', 'der', 'directory', 'unknown', 'missing');

  test('is read without a throw, and every key of it is in the report', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 300, unit: 'binary' }),
      fc
        .array(fc.tuple(fc.oneof(known, fc.string({ maxLength: 20 })), fc.string({ maxLength: 60 })))
        .map((pairs) => pairs.map(([key, value]) => `${key}=${value}`).join('\n')),
    );
    fc.assert(
      fc.property(text, fc.constantFrom('java', 'librdkafka'), kinds, (source, syntax, kind) => {
        const file = readClientFile({
          text: source,
          syntax,
          resolve: (path) => `/${path}`,
          kindOf: () => kind,
        });
        const { entries, unreadable } = readEntries(source, syntax);
        expect(file.report).toHaveLength(entries.length + unreadable.length);
        for (const { key, line } of entries) {
          expect(file.report.some((entry) => entry.key === key && entry.line === line)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('proposes settings that the schema takes', () => {
    const value = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.webUrl(),
      fc.constantFrom('SASL_SSL', 'PLAIN', 'a:1'),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(known, value), { minLength: 1 }), kinds, (pairs, kind) => {
        const { settings } = readClientFile({
          text: pairs.map(([key, given]) => `${key}=${given.replace(/[\r\n]/g, '')}`).join('\n'),
          syntax: 'librdkafka',
          resolve: (path) => `/${path}`,
          kindOf: () => kind,
        });
        const profile: Record<string, unknown> = { brokers: ['a:1'] };
        for (const [path, given] of Object.entries(settings)) {
          const [first = '', ...rest] = path.split('.').reverse();
          const holder = rest.reverse().reduce<Record<string, unknown>>((at, step) => {
            at[step] ??= {};
            return at[step] as Record<string, unknown>;
          }, profile);
          holder[first] = given;
        }
        const { problems } = resolveConfig([{ source: 'file', values: { profiles: { any: profile } } }]);
        expect(problems).toEqual([]);
      }),
    );
  });
});
