import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apacheKafkaLibraries } from '../../support/apache-kafka-distribution.js';
import { kcatPath, startTool } from '../../support/broker/run-tool.js';
import { needsApacheKafka } from '../../support/brokers.js';
import { kafkaUser, type SecureKafka, startSecureKafka } from '../../support/secure-kafka.js';
import { startTestNode, type TestNode } from '../../support/test-node.js';

const javaClient = fileURLToPath(new URL('../../support/java/KafkaFromFile.java', import.meta.url));

describe.runIf(needsApacheKafka())('a file of another client, imported', () => {
  let kafka: SecureKafka;
  let running: TestNode;

  beforeAll(async () => {
    kafka = await startSecureKafka();
  }, 120_000);
  afterAll(() => kafka?.close());
  beforeEach(async () => {
    running = await startTestNode();
  }, 30_000);
  afterEach(() => running.close());

  /** Writes the file, imports it as a profile of that name, and says what the report has on a key. */
  async function importFile(profile: string, lines: readonly string[], key?: string) {
    const { node } = running;
    const path = join(kafka.folder, `${profile}.properties`);
    await writeFile(path, `${lines.join('\n')}\n`);
    const source = { kind: 'file', path } as const;
    const { report } = await node.execute('profiles.previewImport', source);
    const { problems } = await node.execute('profiles.import', {
      source,
      name: profile,
      color: 'blue',
      readOnly: false,
      brokers: null,
    });
    expect(problems).toEqual([]);
    return { path, line: report.find((entry) => entry.key === key) };
  }

  async function untilConnected(profile: string): Promise<void> {
    await running.node.execute('settings.update', { profile });
    await running.feed(({ status }) =>
      status?.profile.name === profile &&
      status.kafka.producer.phase === 'open' &&
      status.kafka.consumer.link.phase === 'open'
        ? true
        : undefined,
    );
  }

  async function tool(command: string, parameters: readonly string[], input = ''): Promise<string[]> {
    const { code, lines, errors } = await startTool(command, parameters, input).ended();
    expect(code, errors).toBe(0);
    return lines;
  }

  it('is good for the node where it is good for Java’s client: SASL_SSL with SCRAM and a PEM trust store', async () => {
    const { path } = await importFile('java', [
      `bootstrap.servers=${kafka.broker('LOGIN')}`,
      'security.protocol=SASL_SSL',
      'sasl.mechanism=SCRAM-SHA-512',
      'sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \\',
      `  username="${kafkaUser.name}" \\`,
      `  password="${kafkaUser.password}";`,
      'ssl.truststore.type=PEM',
      `ssl.truststore.location=${kafka.authority.certificate}`,
    ]);
    await untilConnected('java');
    const libraries = join(await apacheKafkaLibraries(), '*');
    const value = JSON.stringify({
      type: 'repository_event',
      event_type: 'from-java',
      data: {},
      source: 'java',
    });
    const produced = await tool('java', [
      '-Xmx128m',
      '-cp',
      libraries,
      javaClient,
      path,
      'resonance.inbound',
      value,
    ]);
    expect(produced.at(-1)).toBe('offset=0');
    const filter = {
      types: [],
      topics: [],
      nodes: [],
      transports: [],
      profiles: [],
      text: 'from-java',
      muteHeartbeats: false,
    };
    await expect
      .poll(
        async () =>
          (await running.node.execute('messages.page', { filter, before: null, after: null, limit: 1 })).rows
            .length,
        { timeout: 20_000 },
      )
      .toBe(1);
  }, 90_000);

  it.runIf(kcatPath !== undefined)(
    'is good for the node where it is good for kcat',
    async () => {
      const { path } = await importFile('kcat', [
        `bootstrap.servers=${kafka.broker('LOGIN')}`,
        'security.protocol=sasl_ssl',
        'sasl.mechanisms=PLAIN',
        `sasl.username=${kafkaUser.name}`,
        `sasl.password=${kafkaUser.password}`,
        `ssl.ca.location=${kafka.authority.certificate}`,
      ]);
      const listed = await tool(kcatPath ?? '', ['-F', path, '-L']);
      expect(listed.join('\n')).toContain('broker');
      await untilConnected('kcat');
    },
    60_000,
  );

  it('is good for the node once Java’s stores are converted as the report says', async () => {
    const [trust, keys] = ['trust.jks', 'keys.jks'].map((name) => join(kafka.folder, name)) as [
      string,
      string,
    ];
    const password = 'changeit';
    const importing = ['-importcert', '-noprompt', '-alias', 'ca', '-file', kafka.authority.certificate];
    await tool('keytool', [...importing, '-keystore', trust, '-storetype', 'JKS', '-storepass', password]);
    const p12 = join(kafka.folder, 'from.p12');
    const { certificate, key } = kafka.client;
    const packing = ['pkcs12', '-export', '-in', certificate, '-inkey', key, '-passout', `pass:${password}`];
    await tool('openssl', [...packing, '-out', p12]);
    const copying = [
      '-importkeystore',
      '-srckeystore',
      p12,
      '-srcstorepass',
      password,
      '-destkeystore',
      keys,
    ];
    await tool('keytool', [...copying, '-deststoretype', 'JKS', '-deststorepass', password]);
    const lines = [
      `bootstrap.servers=${kafka.broker('MUTUAL')}`,
      'security.protocol=SSL',
      `ssl.truststore.location=${trust}`,
      `ssl.truststore.password=${password}`,
      `ssl.keystore.location=${keys}`,
      `ssl.keystore.password=${password}`,
    ];
    const { line: trustLine } = await importFile('unconverted', lines, 'ssl.truststore.location');
    const { line: keyLine } = await importFile('unconverted-2', lines, 'ssl.keystore.location');
    for (const [line, answers] of [
      [trustLine, [password]],
      [keyLine, [password, password, password]],
    ] as const) {
      expect(line).toMatchObject({ outcome: 'unsupported', hint: expect.stringContaining('keytool') });
      const command = /Convert it: (.*?), and use/.exec(line?.hint ?? '')?.[1] ?? '';
      await tool('sh', ['-c', command], answers.map((answer) => `${answer}\n`).join(''));
    }
    await importFile('converted', [
      ...lines.slice(0, 2),
      `ssl.truststore.location=${trust.replace(/jks$/, 'pem')}`,
      `ssl.keystore.location=${keys.replace(/jks$/, 'p12')}`,
      `ssl.keystore.password=${password}`,
    ]);
    await untilConnected('converted');
  }, 90_000);
});
