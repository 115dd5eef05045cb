import { readFile } from 'node:fs/promises';
import { activeProfile } from '../../shared/active-profile.js';
import type { Clock } from '../../shared/clock.js';
import type { Config } from '../../shared/config.js';
import { describeError, ResonanceError } from '../../shared/errors.js';
import { type KafkaSecurity, usesLogin, usesTls } from '../../shared/kafka-config.js';
import {
  type ConnectionSecurity,
  createConnectionSecurity,
  type SecurityMaterial,
} from '../kafka/connection-security.js';
import { createTokenReader } from '../kafka/oauth-token.js';
import { fileKindOf } from '../settings/client-file/file-kind.js';
import type { SecretSource } from '../settings/secret-store.js';

/** How every Kafka client of this configuration connects, beside the addresses. */
export interface KafkaAccess extends ConnectionSecurity {
  /** Nothing may be sent, created, committed or changed. */
  readonly readOnly: boolean;
}

/**
 * Reads certificates, secrets and tokens that the configuration (with its profile laid over it) points to.
 *
 * @throws ResonanceError `CONFIGURATION_INVALID`, `KAFKA_TLS_FAILED`
 */
export async function readKafkaAccess(
  config: Config,
  secrets: SecretSource,
  clock: Clock,
): Promise<KafkaAccess> {
  const { readOnly } = activeProfile(config);
  const { security } = config.kafka;
  if (security.protocol === 'plaintext') return { readOnly };
  const material = await readMaterial(security, (name) => secrets.read(config.profile, name), clock);
  return { readOnly, ...createConnectionSecurity(material) };
}

type ReadSecret = (name: Parameters<SecretSource['read']>[1]) => Promise<string | null>;

async function readMaterial(
  security: KafkaSecurity,
  readSecret: ReadSecret,
  clock: Clock,
): Promise<SecurityMaterial> {
  const { protocol, mechanism, username, passwordFile } = security;
  const isTls = usesTls(security);
  const ca = isTls && security.caFile !== '' ? await readText('caFile', security.caFile) : null;
  const hasPassword = usesLogin(security) && mechanism !== 'oauthbearer';
  return {
    protocol,
    ca,
    clientCertificate: isTls ? await readClientCertificate(security, readSecret) : null,
    keyPassphrase: isTls ? await readSecret('keyPassphrase') : null,
    mechanism,
    username,
    password: hasPassword ? ((await readSecret('password')) ?? (await readSecretFile(passwordFile))) : null,
    readToken: usesLogin(security) ? await createToken(security, ca, readSecret, clock) : null,
  };
}

async function readClientCertificate(
  { certificateFile, keyFile }: KafkaSecurity,
  readSecret: ReadSecret,
): Promise<SecurityMaterial['clientCertificate']> {
  if (certificateFile === '') return null;
  const bytes = await readSetting('certificateFile', certificateFile);
  if (/\.(p12|pfx)$/i.test(certificateFile) || fileKindOf(bytes) === 'pkcs12')
    return { kind: 'pkcs12', bytes };
  const certificate = bytes.toString('utf8');
  const entered = await readSecret('privateKey');
  if (entered !== null) return { kind: 'pem', certificate, key: entered };
  return {
    kind: 'pem',
    certificate,
    key: keyFile === '' ? certificate : await readText('keyFile', keyFile),
  };
}

async function createToken(
  { mechanism, oauth }: KafkaSecurity,
  ca: string | null,
  readSecret: ReadSecret,
  clock: Clock,
): Promise<(() => Promise<string>) | null> {
  if (mechanism !== 'oauthbearer') return null;
  const { tokenEndpoint, clientId, scope, tokenFile } = oauth;
  // Read at every login: whoever writes the file keeps it fresh.
  if (tokenFile !== '') return async () => (await readText('oauth.tokenFile', tokenFile)).trim();
  if (tokenEndpoint === '') return null;
  const clientSecret = await readSecret('clientSecret');
  if (clientId === '' || clientSecret === null) {
    throw new ResonanceError('CONFIGURATION_INVALID', 'the token endpoint needs a client id and its secret', {
      hint: 'Set kafka.security.oauth.clientId, and enter the client secret (or put it into RESONANCE_KAFKA_CLIENT_SECRET).',
    });
  }
  return createTokenReader({ tokenEndpoint, clientId, clientSecret, scope, ca, clock });
}

async function readSecretFile(file: string): Promise<string | null> {
  return file === '' ? null : (await readText('passwordFile', file)).replace(/\r?\n$/, '');
}

async function readText(setting: string, file: string): Promise<string> {
  return (await readSetting(setting, file)).toString('utf8');
}

async function readSetting(setting: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new ResonanceError(
      'CONFIGURATION_INVALID',
      `kafka.security.${setting}: ${file} cannot be read (${describeError(error)})`,
      { hint: 'Correct the path, or make the file readable for this user.', cause: error },
    );
  }
}
