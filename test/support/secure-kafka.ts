import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SecurityMaterial } from '../../src/main/kafka/connection-security.js';
import { ApacheKafka } from './apache-kafka.js';
import { type CertificateFiles, TestAuthority } from './certificates.js';

export const kafkaUser = { name: 'alice', password: 'wonder-land-7' } as const;

/** Listeners of the protected broker: what each asks for, or what is wrong with it. */
export type SecureListener = 'TLS' | 'MUTUAL' | 'LOGIN' | 'PLAINLOGIN' | 'EXPIRED' | 'WRONGHOST';

/** One Apache Kafka with a listener for every way to protect one. `close()` removes its files too. */
export interface SecureKafka {
  readonly folder: string;
  readonly authority: TestAuthority;
  readonly client: CertificateFiles;
  /** PEM text of the authority. */
  readonly ca: string;
  readonly plaintextBroker: string;
  broker(listener: SecureListener, host?: string): string;
  close(): Promise<void>;
}

export async function startSecureKafka(): Promise<SecureKafka> {
  const folder = await mkdtemp(join(tmpdir(), 'resonance-secure-kafka-'));
  const authority = await TestAuthority.create(folder);
  const local = 'DNS:localhost,IP:127.0.0.1';
  const [server, expired, elsewhere, client] = await Promise.all([
    authority.issue({ name: 'server', alternativeNames: local }),
    authority.issue({ name: 'expired', alternativeNames: local, notAfter: '20240101000000Z' }),
    authority.issue({ name: 'elsewhere', alternativeNames: 'DNS:kafka.example.org' }),
    authority.issue({ name: 'client', alternativeNames: 'DNS:client' }),
  ]);
  const { name, password } = kafkaUser;
  const scram = `required username="${name}" password="${password}"`;
  const login = (listener: string): Record<string, string> => ({
    [`listener.name.${listener}.sasl.enabled.mechanisms`]: 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
    [`listener.name.${listener}.plain.sasl.jaas.config`]: `org.apache.kafka.common.security.plain.PlainLoginModule ${scram} user_${name}="${password}";`,
    [`listener.name.${listener}.scram-sha-256.sasl.jaas.config`]: `org.apache.kafka.common.security.scram.ScramLoginModule ${scram};`,
    [`listener.name.${listener}.scram-sha-512.sasl.jaas.config`]: `org.apache.kafka.common.security.scram.ScramLoginModule ${scram};`,
    [`listener.name.${listener}.oauthbearer.sasl.jaas.config`]:
      'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";',
  });
  const identity = (listener: string, files: CertificateFiles): Record<string, string> => ({
    [`listener.name.${listener}.ssl.keystore.type`]: 'PEM',
    [`listener.name.${listener}.ssl.keystore.location`]: files.keystore,
    [`listener.name.${listener}.ssl.truststore.type`]: 'PEM',
    [`listener.name.${listener}.ssl.truststore.location`]: authority.certificate,
  });
  const kafka = await ApacheKafka.start({
    listeners: {
      TLS: 'SSL',
      MUTUAL: 'SSL',
      LOGIN: 'SASL_SSL',
      PLAINLOGIN: 'SASL_PLAINTEXT',
      EXPIRED: 'SSL',
      WRONGHOST: 'SSL',
    },
    scramUsers: [
      `SCRAM-SHA-256=[name=${name},password=${password}]`,
      `SCRAM-SHA-512=[name=${name},password=${password}]`,
    ],
    properties: {
      ...identity('tls', server),
      ...identity('mutual', server),
      'listener.name.mutual.ssl.client.auth': 'required',
      ...identity('login', server),
      ...identity('expired', expired),
      ...identity('wronghost', elsewhere),
      ...login('login'),
      ...login('plainlogin'),
    },
  });
  const node = kafka.nodes[0];
  return {
    folder,
    authority,
    client,
    ca: await readFile(authority.certificate, 'utf8'),
    plaintextBroker: `127.0.0.1:${node?.port}`,
    broker: (listener, host = '127.0.0.1') => `${host}:${node?.listenerPorts[listener]}`,
    async close() {
      await kafka.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Material of a plaintext connection, to be changed. */
export const noSecurity: SecurityMaterial = {
  protocol: 'plaintext',
  ca: null,
  clientCertificate: null,
  keyPassphrase: null,
  mechanism: 'plain',
  username: '',
  password: null,
  readToken: null,
};
