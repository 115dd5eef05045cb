import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createConnectionSecurity,
  type SecurityMaterial,
} from '../../../src/main/kafka/connection-security.js';
import { kafkaDoctorSteps } from '../../../src/main/kafka/kafka-doctor.js';
import { createTokenReader } from '../../../src/main/kafka/oauth-token.js';
import { createSystemClock } from '../../../src/main/system-clock.js';
import type { DoctorStep } from '../../../src/shared/feed.js';
import { needsApacheKafka } from '../../support/brokers.js';
import { encryptKey, packPkcs12, TestAuthority } from '../../support/certificates.js';
import { KafkaFixture } from '../../support/kafka-fixture.js';
import { kafkaUser, noSecurity, type SecureKafka, startSecureKafka } from '../../support/secure-kafka.js';
import { TokenServer, unsecuredToken } from '../../support/token-server.js';

const clock = createSystemClock();

describe.runIf(needsApacheKafka())('a protected Apache Kafka', () => {
  let kafka: SecureKafka;
  let tls: SecurityMaterial;
  let login: SecurityMaterial;

  beforeAll(async () => {
    kafka = await startSecureKafka();
    tls = { ...noSecurity, protocol: 'ssl', ca: kafka.ca };
    login = { ...tls, protocol: 'sasl_ssl', username: kafkaUser.name, password: kafkaUser.password };
  }, 120_000);
  afterAll(() => kafka?.close());

  async function using<T>(
    broker: string,
    material: SecurityMaterial,
    work: (fixture: KafkaFixture) => Promise<T>,
  ): Promise<T> {
    const fixture = new KafkaFixture([broker], createConnectionSecurity(material));
    try {
      return await work(fixture);
    } finally {
      await fixture.close();
    }
  }

  /** Sends and reads one message. */
  function works(broker: string, material: SecurityMaterial): Promise<void> {
    return using(broker, material, async (fixture) => {
      await fixture.consumer().start();
      await fixture.producer().sendHeartbeat();
      await fixture.received(1);
    });
  }

  /** What the operator sees: the links' error, and the doctor's first failed step. */
  function fails(broker: string, material: SecurityMaterial) {
    return using(broker, material, async (fixture) => {
      const consumer = fixture.consumer();
      const producer = fixture.producer();
      producer.start();
      await consumer.start();
      await new Promise<void>((resolve) => {
        const look = (): void => (producer.link.lastError === null ? undefined : resolve());
        producer.onLinkChange(look);
        look();
      });
      const { connection, admin, groupId } = fixture;
      let failed: DoctorStep | undefined;
      for await (const step of kafkaDoctorSteps({ connection, admin, groupId, topics: {}, clock })) {
        if (step.state === 'failed') failed ??= step;
      }
      return { consumer: consumer.link.lastError, producer: producer.link.lastError, doctor: failed };
    });
  }

  /** Every place says the same thing and what to do. */
  function expectEverywhere(
    found: Awaited<ReturnType<typeof fails>>,
    code: string,
    message: RegExp,
    hint: RegExp,
  ): void {
    for (const error of [found.producer, found.consumer]) {
      expect(error).toMatchObject({
        code,
        message: expect.stringMatching(message),
        hint: expect.stringMatching(hint),
      });
    }
    expect(found.doctor).toMatchObject({
      detail: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  }

  describe('is used', () => {
    it('over TLS with its own certificate authority', () => works(kafka.broker('TLS'), tls));

    it('over TLS by a host name', () => works(kafka.broker('TLS', 'localhost'), tls));

    it('with a client certificate in PEM, and in PEM with a passphrase', async () => {
      const certificate = await readFile(kafka.client.certificate, 'utf8');
      const key = await readFile(kafka.client.key, 'utf8');
      await works(kafka.broker('MUTUAL'), { ...tls, clientCertificate: { kind: 'pem', certificate, key } });
      const encrypted = await encryptKey(kafka.client.key, 'sesame', join(kafka.folder, 'encrypted.key'));
      await works(kafka.broker('MUTUAL'), {
        ...tls,
        clientCertificate: { kind: 'pem', certificate, key: await readFile(encrypted, 'utf8') },
        keyPassphrase: 'sesame',
      });
    });

    it('with a client certificate in PKCS#12', async () => {
      const file = await packPkcs12(kafka.client, 'sesame', join(kafka.folder, 'client.p12'));
      await works(kafka.broker('MUTUAL'), {
        ...tls,
        clientCertificate: { kind: 'pkcs12', bytes: await readFile(file) },
        keyPassphrase: 'sesame',
      });
    });

    it.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('with %s over TLS', (mechanism) =>
      works(kafka.broker('LOGIN'), { ...login, mechanism }),
    );

    it('with scram-sha-512 without TLS', () =>
      works(kafka.broker('PLAINLOGIN'), {
        ...login,
        protocol: 'sasl_plaintext',
        mechanism: 'scram-sha-512',
      }));

    it('with a bearer token from a token endpoint, fetched once for all connections', async () => {
      const server = await TokenServer.start('resonance', 'client-secret');
      try {
        const readToken = createTokenReader({
          tokenEndpoint: server.url,
          clientId: 'resonance',
          clientSecret: 'client-secret',
          scope: 'kafka',
          ca: null,
          clock,
        });
        await works(kafka.broker('LOGIN'), { ...login, mechanism: 'oauthbearer', readToken });
        expect(server.issued).toBe(1);
      } finally {
        await server.close();
      }
    });

    it('and passes every step of the doctor', () =>
      using(kafka.broker('LOGIN'), login, async (fixture) => {
        const { connection, admin, groupId } = fixture;
        const steps: DoctorStep[] = [];
        for await (const step of kafkaDoctorSteps({ connection, admin, groupId, topics: {}, clock })) {
          if (step.state !== 'running') steps.push(step);
        }
        expect(steps.map(({ state }) => state)).not.toContain('failed');
        expect(steps.find(({ id }) => id.endsWith('.tls'))?.detail).toMatch(
          /TLSv1\.3, certificate of server/,
        );
      }));
  });

  describe('says in one sentence what is wrong and what to do', () => {
    it.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)(
      'for a wrong password with %s',
      async (mechanism) =>
        expectEverywhere(
          await fails(kafka.broker('LOGIN'), { ...login, mechanism, password: 'wrong' }),
          'KAFKA_AUTHENTICATION_FAILED',
          /refused the (login|user name or password)/,
          /password/,
        ),
    );

    it('for client credentials that the token endpoint refuses', async () => {
      const server = await TokenServer.start('resonance', 'client-secret');
      try {
        const readToken = createTokenReader({
          tokenEndpoint: server.url,
          clientId: 'resonance',
          clientSecret: 'wrong',
          scope: '',
          ca: null,
          clock,
        });
        expectEverywhere(
          await fails(kafka.broker('LOGIN'), { ...login, mechanism: 'oauthbearer', readToken }),
          'KAFKA_AUTHENTICATION_FAILED',
          /token endpoint .* gave no token \(401, invalid_client\)/,
          /client secret/,
        );
      } finally {
        await server.close();
      }
    });

    it('for a token that the broker refuses', async () =>
      expectEverywhere(
        await fails(kafka.broker('LOGIN'), {
          ...login,
          mechanism: 'oauthbearer',
          readToken: async () => `${unsecuredToken('x')}forged`,
        }),
        'KAFKA_AUTHENTICATION_FAILED',
        /refused/,
        /./,
      ));

    it('for an expired certificate', async () =>
      expectEverywhere(
        await fails(kafka.broker('EXPIRED'), tls),
        'KAFKA_TLS_FAILED',
        /has expired/,
        /renewed/,
      ));

    it('for a certificate of another host', async () =>
      expectEverywhere(
        await fails(kafka.broker('WRONGHOST'), tls),
        'KAFKA_TLS_FAILED',
        /another host name/,
        /kafka\.brokers/,
      ));

    it('for a certificate authority that is not known', async () => {
      const other = await TestAuthority.create(kafka.folder, 'other');
      const ca = await readFile(other.certificate, 'utf8');
      expectEverywhere(
        await fails(kafka.broker('TLS'), { ...tls, ca }),
        'KAFKA_TLS_FAILED',
        /authority/,
        /caFile/,
      );
    });

    it('for a missing client certificate', async () =>
      expectEverywhere(
        await fails(kafka.broker('MUTUAL'), tls),
        'KAFKA_TLS_FAILED',
        /client certificate/,
        /certificateFile/,
      ));

    it('for a plaintext client at a TLS port', async () =>
      expectEverywhere(
        await fails(kafka.broker('TLS'), noSecurity),
        'KAFKA_TLS_FAILED',
        /speaks TLS, and this node tried without/,
        /kafka\.security\.protocol/,
      ));

    it('for a TLS client at a plaintext port', async () =>
      expectEverywhere(
        await fails(kafka.plaintextBroker, tls),
        'KAFKA_TLS_FAILED',
        /speak(ing)? TLS/,
        /plaintext/,
      ));

    it('for a client without a login where one is wanted', async () => {
      const found = await fails(kafka.broker('LOGIN'), tls);
      expect(found.doctor).toMatchObject({
        detail: expect.stringMatching(/without a login/),
        hint: expect.stringMatching(/sasl_ssl/),
      });
      expect(found.producer).toMatchObject({ hint: expect.stringMatching(/login/) });
    });

    it('for a login where none is expected', async () =>
      expectEverywhere(
        await fails(kafka.broker('TLS'), login),
        'KAFKA_AUTHENTICATION_FAILED',
        /did not expect a login/,
        /kafka\.security/,
      ));
  });
});

describe('the material of a protected connection', () => {
  const login: SecurityMaterial = {
    ...noSecurity,
    protocol: 'sasl_plaintext',
    username: 'alice',
    password: 'x',
  };

  it('needs no options for plaintext', () => {
    expect(createConnectionSecurity(noSecurity)).toEqual({});
  });

  it.each([
    ['a user name', { ...login, username: '' }, /username/],
    ['a password', { ...login, password: null }, /the password of alice/],
    ['a token', { ...login, mechanism: 'oauthbearer' as const }, /tokenEndpoint/],
  ])('is refused without %s', (_, material, message) => {
    expect(() => createConnectionSecurity(material)).toThrow(message);
  });

  it('is refused with what is no certificate', () => {
    const material = { ...noSecurity, protocol: 'ssl' as const };
    const clientCertificate = { kind: 'pem' as const, certificate: 'nonsense', key: 'nonsense' };
    expect(() => createConnectionSecurity({ ...material, clientCertificate })).toThrow(
      expect.objectContaining({ code: 'KAFKA_TLS_FAILED', hint: expect.stringMatching(/PEM/) }),
    );
  });
});
