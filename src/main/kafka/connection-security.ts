import { type ConnectionOptions, createSecureContext } from 'node:tls';
import type { Mechanism, SASLOptions } from 'kafkajs';
import { describeError, ResonanceError } from '../../shared/errors.js';
import { type SaslMechanism, type SecurityProtocol, usesLogin, usesTls } from '../../shared/kafka-config.js';
import { createBearerLogin } from './oauth-bearer.js';

/** Everything a protected listener asks for, as plain values: files read, secrets looked up. */
export interface SecurityMaterial {
  readonly protocol: SecurityProtocol;
  /** PEM of the certificate authorities; null: the system's. */
  readonly ca: string | null;
  /** PEM certificate and key, or a PKCS#12 file with both; null: no client certificate. */
  readonly clientCertificate:
    | { readonly kind: 'pem'; readonly certificate: string; readonly key: string }
    | { readonly kind: 'pkcs12'; readonly bytes: Buffer }
    | null;
  readonly keyPassphrase: string | null;
  readonly mechanism: SaslMechanism;
  readonly username: string;
  readonly password: string | null;
  /** A bearer token that is good right now; null where none can be had. */
  readonly readToken: (() => Promise<string>) | null;
}

/** The part of the connection settings that protects a connection. */
export interface ConnectionSecurity {
  readonly ssl?: ConnectionOptions;
  readonly sasl?: SASLOptions | Mechanism;
}

/**
 * TLS and login options for every connection of a cluster.
 *
 * @throws ResonanceError `CONFIGURATION_INVALID` for what is missing, `KAFKA_TLS_FAILED` for a certificate, key or passphrase
 *   that cannot be used
 */
export function createConnectionSecurity(material: SecurityMaterial): ConnectionSecurity {
  return {
    ...(usesTls(material) ? { ssl: tlsOptions(material) } : {}),
    ...(usesLogin(material) ? { sasl: loginOptions(material) } : {}),
  };
}

function tlsOptions({ ca, clientCertificate, keyPassphrase }: SecurityMaterial): ConnectionOptions {
  const options: ConnectionOptions = {
    ...(ca === null ? {} : { ca }),
    ...(clientCertificate?.kind === 'pem'
      ? { cert: clientCertificate.certificate, key: clientCertificate.key }
      : {}),
    ...(clientCertificate?.kind === 'pkcs12' ? { pfx: clientCertificate.bytes } : {}),
    ...(keyPassphrase === null ? {} : { passphrase: keyPassphrase }),
  };
  try {
    // What is wrong with the files shows here, once, and not in the middle of a handshake.
    createSecureContext(options);
  } catch (error) {
    throw unusable(error);
  }
  return options;
}

/** OpenSSL's reasons in the operator's words. */
function unusable(error: unknown): ResonanceError {
  const text = describeError(error);
  if (/bad decrypt|mac verify failure|interrupted or cancelled|bad password|empty password/i.test(text)) {
    return failed('the passphrase of the client key is wrong or missing', 'Enter the key’s passphrase.');
  }
  if (/key values mismatch/i.test(text)) {
    return failed(
      'the client key does not belong to the client certificate',
      'Check kafka.security.certificateFile and keyFile: they must be a pair.',
    );
  }
  if (/unsupported/i.test(text)) {
    return failed(
      'the client key or its PKCS#12 file is encrypted in a way that is not supported any more',
      'Convert it: openssl pkcs12 -legacy -in OLD.p12 -nodes -out client.pem, and use the PEM file.',
    );
  }
  return failed(
    'a certificate or key file is not what it should be',
    'Check that caFile, certificateFile and keyFile are PEM files (-----BEGIN ...), or PKCS#12 ending in .p12 or .pfx.',
  );

  function failed(message: string, hint: string): ResonanceError {
    return new ResonanceError('KAFKA_TLS_FAILED', `${message} (${text})`, { hint, cause: error });
  }
}

function loginOptions({
  mechanism,
  username,
  password,
  readToken,
}: SecurityMaterial): SASLOptions | Mechanism {
  if (mechanism === 'oauthbearer') {
    if (readToken === null) {
      throw missing('kafka.security.oauth.tokenEndpoint or tokenFile', 'Say where the token comes from.');
    }
    return { mechanism, authenticationProvider: createBearerLogin(readToken) };
  }
  if (username === '') throw missing('kafka.security.username', 'Enter the user name for this cluster.');
  if (password === null) {
    throw missing(
      `the password of ${username}`,
      'Enter it under Settings, with the cluster’s security; on the command line put it into RESONANCE_KAFKA_PASSWORD or kafka.security.passwordFile.',
    );
  }
  // Spelt out, as kafkajs' types want a mechanism each.
  if (mechanism === 'plain') return { mechanism, username, password };
  return mechanism === 'scram-sha-256'
    ? { mechanism, username, password }
    : { mechanism, username, password };
}

function missing(what: string, hint: string): ResonanceError {
  return new ResonanceError('CONFIGURATION_INVALID', `the login needs ${what}`, { hint });
}
