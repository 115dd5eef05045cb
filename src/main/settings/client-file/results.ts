import type { SecretName } from '../../../shared/secrets.js';
import type { KeyResult } from './client-file.js';

/** Goes into the profile as it is said. */
export function taken(settings: Readonly<Record<string, unknown>>): KeyResult {
  const detail = Object.entries(settings)
    .map(([path, value]) => `${path} = ${Array.isArray(value) ? value.join(', ') : String(value)}`)
    .join(', ');
  return { outcome: 'taken', detail, settings };
}

const secretWords: Readonly<Record<SecretName, string>> = {
  password: 'the password',
  keyPassphrase: 'the passphrase of the client key',
  clientSecret: 'the client secret',
  privateKey: 'the client key',
};

/** Goes to the secrets, and never into the settings. */
export function takenSecret(name: SecretName, value: string): KeyResult {
  if (value === '') return ignored('empty');
  return {
    outcome: 'taken',
    detail: `${secretWords[name]}, kept apart as a secret`,
    secrets: { [name]: value },
  };
}

/** PEM text that becomes a file of its own beside the settings. */
export function takenCertificate(path: string, pem: string): KeyResult {
  return {
    outcome: 'taken',
    detail: `${path} = a file that is written with this text`,
    certificates: { [path]: pem },
  };
}

export function ignored(detail: string): KeyResult {
  return { outcome: 'ignored', detail };
}

/** @param hint what to do, as a sentence */
export function unsupported(detail: string, hint: string): KeyResult {
  return { outcome: 'unsupported', detail, hint };
}
