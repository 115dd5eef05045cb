import type { KafkaSecurity } from '../../../../shared/kafka-config.js';
import type { SecretName, SecretState, SecretsView } from '../../../../shared/secrets.js';
import type { Tone } from '../../components/StateMark.js';
import { usesLogin, usesTls } from '../../validation/settings.js';

export const secretTitles: Readonly<Record<SecretName, string>> = {
  password: 'Password',
  keyPassphrase: 'Passphrase of the client key',
  clientSecret: 'OAuth client secret',
  privateKey: 'Client key',
};

export const secretMeanings: Readonly<Record<SecretName, string>> = {
  password: 'Of the user name, for plain and scram.',
  keyPassphrase: 'Opens the client key, or the PKCS#12 file.',
  clientSecret: 'Of the OAuth client id, for the token endpoint.',
  privateKey: 'In PEM, where it is not in a file.',
};

/** The secrets to show: those that such a listener asks for, and whatever has been entered. */
export function shownSecrets(view: SecretsView, security: KafkaSecurity): readonly SecretState[] {
  const login = usesLogin(security);
  const hasCertificate = usesTls(security) && security.certificateFile !== '';
  const wanted: Readonly<Record<SecretName, boolean>> = {
    password: login && security.mechanism !== 'oauthbearer',
    clientSecret: login && security.mechanism === 'oauthbearer' && security.oauth.tokenFile === '',
    keyPassphrase: hasCertificate,
    privateKey: hasCertificate,
  };
  return view.secrets.filter(({ name, place }) => wanted[name] || place !== null);
}

export interface SecretStanding {
  readonly tone: Tone;
  readonly words: string;
}

/** Where a secret is kept, and whether that is enough. */
export function secretStanding(
  { name, place }: SecretState,
  security: KafkaSecurity,
  keychainRefusal: string | null,
): SecretStanding {
  switch (place) {
    case 'keychain':
      return keychainRefusal === null
        ? { tone: 'good', words: 'In the system’s keychain' }
        : { tone: 'bad', words: 'Kept, but the keychain that opens it is not there' };
    case 'session':
      return { tone: 'warning', words: 'Until the app quits' };
    case 'environment':
      return { tone: 'good', words: 'From the environment' };
    case null:
      break;
  }
  if (name === 'password' && security.passwordFile !== '') {
    return { tone: 'good', words: `In the file ${security.passwordFile}` };
  }
  if (name === 'privateKey') {
    const file = security.keyFile === '' ? security.certificateFile : security.keyFile;
    return { tone: 'idle', words: file === '' ? 'Not entered' : `In the file ${file}` };
  }
  return name === 'keyPassphrase'
    ? { tone: 'idle', words: 'Not entered' }
    : { tone: 'warning', words: 'Not entered' };
}
