import { describe, expect, test } from 'vitest';
import {
  brokersFromText,
  profileNameProblem,
} from '../../../../src/renderer/src/views/Settings/profile-draft.js';
import { secretStanding, shownSecrets } from '../../../../src/renderer/src/views/Settings/secret-words.js';
import { defaultKafkaSecurity, type KafkaSecurity } from '../../../../src/shared/kafka-config.js';
import { type SecretPlace, type SecretsView, secretNames } from '../../../../src/shared/secrets.js';

function view(places: Readonly<Record<string, SecretPlace>> = {}): SecretsView {
  const secrets = secretNames.map((name) => ({ name, place: places[name] ?? null }));
  return { profile: '', secrets, keychainRefusal: null };
}

function security(change: Partial<KafkaSecurity>): KafkaSecurity {
  return { ...defaultKafkaSecurity, ...change };
}

describe('secrets', () => {
  const names = (found: ReturnType<typeof shownSecrets>) => found.map(({ name }) => name);

  test('are asked for as the listener wants them, and shown wherever one is kept', () => {
    expect(names(shownSecrets(view(), security({})))).toEqual([]);
    expect(names(shownSecrets(view({ password: 'session' }), security({})))).toEqual(['password']);
    expect(names(shownSecrets(view(), security({ protocol: 'sasl_ssl' })))).toEqual(['password']);
    const token = security({ protocol: 'sasl_ssl', mechanism: 'oauthbearer' });
    expect(names(shownSecrets(view(), token))).toEqual(['clientSecret']);
    const mutual = security({ protocol: 'ssl', certificateFile: '/client.pem' });
    expect(names(shownSecrets(view(), mutual))).toEqual(['keyPassphrase', 'privateKey']);
  });

  test('say where they are kept', () => {
    const login = security({ protocol: 'sasl_ssl', passwordFile: '/run/password' });
    const words = (place: SecretPlace | null) =>
      secretStanding({ name: 'password', place }, login, null).words;
    expect([words('keychain'), words('session'), words('environment'), words(null)]).toEqual([
      'In the system’s keychain',
      'Until the app quits',
      'From the environment',
      'In the file /run/password',
    ]);
    const missing = secretStanding(
      { name: 'password', place: null },
      security({ protocol: 'sasl_ssl' }),
      null,
    );
    expect(missing).toEqual({ tone: 'warning', words: 'Not entered' });
    const lost = secretStanding({ name: 'password', place: 'keychain' }, login, 'no keychain');
    expect(lost).toMatchObject({ tone: 'bad', words: expect.stringContaining('not there') });
  });
});

describe('a profile that is typed', () => {
  test('has a name that is one, and is not taken', () => {
    expect(profileNameProblem('prod', ['staging'])).toBeNull();
    expect(profileNameProblem('prod', ['prod'])).toBe('prod is taken');
    expect(profileNameProblem('../prod', [])).toMatch(/^Expected letters/);
  });

  test('has brokers separated as people do', () => {
    expect(brokersFromText(' one:9092, two:9092\nthree:9092 ,')).toEqual([
      'one:9092',
      'two:9092',
      'three:9092',
    ]);
  });
});
