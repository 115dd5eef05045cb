import { z } from 'zod';

/*
 * How a Kafka cluster is reached and protected: the part of the settings that `kafka` and every profile share. What is
 * secret (password, key passphrase, client secret) is no setting: see secrets.ts.
 */

/** HOST:PORT. */
export const brokerAddress = z
  .string()
  .regex(/^(\[[0-9a-f:]+\]|[^\s:/,]+):\d{1,5}$/i, 'HOST:PORT, for example localhost:9092')
  .refine((address) => {
    const port = Number(address.slice(address.lastIndexOf(':') + 1));
    return port <= 65_535;
  }, 'a port up to 65535');

/** Kafka's own names of `security.protocol`, in lower case. */
export const securityProtocols = ['plaintext', 'ssl', 'sasl_plaintext', 'sasl_ssl'] as const;
export type SecurityProtocol = (typeof securityProtocols)[number];

export const saslMechanisms = ['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'] as const;
export type SaslMechanism = (typeof saslMechanisms)[number];

const filePath = z.string().max(4_096);

const tokenEndpoint = z.string().refine((text) => {
  if (text === '') return true;
  try {
    const { protocol } = new URL(text);
    return protocol === 'https:' || protocol === 'http:';
  } catch {
    return false;
  }
}, 'an https:// address, or nothing');

export const kafkaSecuritySchema = z.strictObject({
  protocol: z.enum(securityProtocols).meta({
    title: 'Security protocol',
    description: 'What the listener speaks: ssl is TLS, sasl_ a login, sasl_ssl both.',
  }),
  caFile: filePath.meta({
    title: 'Certificate authority',
    description: 'PEM file of the authority that signed the brokers’ certificates; empty: this system’s.',
  }),
  certificateFile: filePath.meta({
    title: 'Client certificate',
    description: 'PEM file, or a PKCS#12 file (.p12, .pfx) with its key; empty: none.',
  }),
  keyFile: filePath.meta({
    title: 'Client key',
    description: 'PEM file of the client certificate’s private key; empty: it is in the certificate’s file.',
  }),
  mechanism: z.enum(saslMechanisms).meta({
    title: 'Login mechanism',
    description: 'How the login is made, for the sasl_ protocols.',
  }),
  username: z
    .string()
    .max(1_024)
    .meta({ title: 'User name', description: 'For plain and scram; the password is kept apart.' }),
  passwordFile: filePath.meta({
    title: 'Password file',
    description: 'A file that holds the password alone, for machines without a keychain; empty: none.',
  }),
  oauth: z.strictObject({
    tokenEndpoint: tokenEndpoint.meta({
      title: 'Token endpoint',
      description: 'Where OAUTHBEARER fetches its token with the client credentials.',
    }),
    clientId: z
      .string()
      .max(1_024)
      .meta({ title: 'OAuth client id', description: 'Of the client credentials.' }),
    scope: z.string().max(1_024).meta({ title: 'OAuth scope', description: 'Asked for with the token.' }),
    tokenFile: filePath.meta({
      title: 'Token file',
      description: 'A file with a bearer token that something else keeps fresh, instead of an endpoint.',
    }),
  }),
});

export type KafkaSecurity = z.infer<typeof kafkaSecuritySchema>;

export const defaultKafkaSecurity: KafkaSecurity = {
  protocol: 'plaintext',
  caFile: '',
  certificateFile: '',
  keyFile: '',
  mechanism: 'scram-sha-512',
  username: '',
  passwordFile: '',
  oauth: { tokenEndpoint: '', clientId: '', scope: '', tokenFile: '' },
};

/** Whether connections to such a listener are encrypted. */
export function usesTls({ protocol }: Pick<KafkaSecurity, 'protocol'>): boolean {
  return protocol === 'ssl' || protocol === 'sasl_ssl';
}

/** Whether such a listener wants a login. */
export function usesLogin({ protocol }: Pick<KafkaSecurity, 'protocol'>): boolean {
  return protocol === 'sasl_plaintext' || protocol === 'sasl_ssl';
}

/** What this node can compress with; it reads every codec of Kafka. */
export const sendingCompressions = ['none', 'gzip', 'snappy'] as const;
export type SendingCompression = (typeof sendingCompressions)[number];

/** What topics get that this node creates. */
export const newTopicsSchema = z.strictObject({
  partitions: z.int().min(0).max(10_000).meta({
    title: 'Partitions of new topics',
    description: 'Of topics that this node creates; 0: the brokers’ default.',
  }),
  replicationFactor: z.int().min(0).max(32).meta({
    title: 'Replicas of new topics',
    description: 'Of topics that this node creates; 0: the brokers’ default.',
  }),
  retentionMs: z.int().min(-1).max(3_153_600_000_000).meta({
    title: 'Retention of new topics',
    description: 'Of topics that this node creates; 0: the brokers’ default, -1: for ever.',
    unit: 'ms',
  }),
});

export type NewTopics = z.infer<typeof newTopicsSchema>;

export const profileColors = ['grey', 'blue', 'green', 'amber', 'red', 'violet'] as const;
export type ProfileColor = (typeof profileColors)[number];

/** One named cluster. What it leaves out is taken from the `kafka` section. */
export const profileSchema = z.strictObject({
  color: z
    .enum(profileColors)
    .meta({ title: 'Colour', description: 'Shown in the top bar while this profile is active.' }),
  readOnly: z.boolean().meta({
    title: 'Read-only',
    description: 'This node only watches the cluster: nothing is sent, created, committed or changed there.',
  }),
  brokers: z
    .array(brokerAddress)
    .min(1)
    .max(64)
    .meta({ title: 'Brokers', description: 'Bootstrap servers, HOST:PORT each.' }),
  mode: z
    .enum(['auto', 'external', 'embedded'])
    .optional()
    .meta({ title: 'Broker', description: 'As under kafka.mode, when not external.' }),
  clientId: z
    .string()
    .min(1)
    .max(249)
    .optional()
    .meta({ title: 'Client id', description: 'When not as under kafka.clientId.' }),
  groupId: z
    .string()
    .min(1)
    .max(249)
    .optional()
    .meta({ title: 'Consumer group', description: 'When not as under kafka.groupId.' }),
  security: kafkaSecuritySchema,
});

export type ProfileConfig = z.infer<typeof profileSchema>;
