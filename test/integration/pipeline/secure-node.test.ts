import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { needsApacheKafka } from '../../support/brokers.js';
import { kafkaUser, type SecureKafka, startSecureKafka } from '../../support/secure-kafka.js';
import { startTestNode } from '../../support/test-node.js';

describe.runIf(needsApacheKafka())('a node on a protected Apache Kafka', () => {
  let kafka: SecureKafka;

  beforeAll(async () => {
    kafka = await startSecureKafka();
  }, 120_000);
  afterAll(() => kafka?.close());

  function settings(): Record<string, unknown> {
    return {
      profile: 'cluster',
      profiles: {
        cluster: {
          color: 'red',
          brokers: [kafka.broker('LOGIN')],
          security: {
            protocol: 'sasl_ssl',
            caFile: kafka.authority.certificate,
            mechanism: 'scram-sha-256',
            username: kafkaUser.name,
          },
        },
      },
    };
  }

  it('connects through its profile, and leaves the password in no file and no log line', async () => {
    const environment = { RESONANCE_KAFKA_PASSWORD: kafkaUser.password };
    const running = await startTestNode({ settings: settings(), environment });
    try {
      const status = await running.feed(({ status: found }) =>
        found?.kafka.consumer.link.phase === 'open' && found.kafka.producer.phase === 'open'
          ? found
          : undefined,
      );
      expect(status.profile).toEqual({ name: 'cluster', color: 'red', readOnly: false });
      const logs = JSON.stringify(running.node.startFeed().logs);
      expect(logs).not.toContain(kafkaUser.password);
      const files = await readdir(running.dataDirectory, { recursive: true, withFileTypes: true });
      for (const file of files.filter((entry) => entry.isFile())) {
        expect(await readFile(join(file.parentPath, file.name), 'latin1')).not.toContain(kafkaUser.password);
      }
    } finally {
      await running.close();
    }
  }, 60_000);

  it('says what is missing without its password, and connects once it is entered', async () => {
    const running = await startTestNode({ settings: settings() });
    try {
      expect(running.node.status().kafka.producer).toMatchObject({
        phase: 'failed',
        lastError: {
          code: 'CONFIGURATION_INVALID',
          message: expect.stringContaining('the password of alice'),
        },
      });
      await running.node.execute('settings.setSecret', {
        profile: 'cluster',
        name: 'password',
        value: kafkaUser.password,
        keep: 'session',
      });
      await running.feed(({ status }) => (status?.kafka.producer.phase === 'open' ? true : undefined));
    } finally {
      await running.close();
    }
  }, 60_000);
});
