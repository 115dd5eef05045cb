import { saslMechanisms } from '../../../shared/kafka-config.js';
import type { KeyResult } from './client-file.js';
import { parseJaasConfig } from './jaas-config.js';
import type { KeyRule } from './key-rules.js';
import { ignored, taken, takenSecret, unsupported } from './results.js';

const otherListener = 'Use a listener with SCRAM, PLAIN or OAUTHBEARER.';

const clientId: KeyRule = (value) => taken({ 'security.oauth.clientId': value });
const clientSecret: KeyRule = (value) => takenSecret('clientSecret', value);

/** The keys of a login, of both kinds of client. */
export const loginRules: Readonly<Record<string, KeyRule>> = {
  'sasl.mechanism': (value) => {
    const mechanism = value.toLowerCase();
    if ((saslMechanisms as readonly string[]).includes(mechanism)) {
      return taken({ 'security.mechanism': mechanism });
    }
    if (mechanism === 'gssapi') return unsupported('Kerberos (GSSAPI) is not supported', otherListener);
    return unsupported(`${value} is not supported`, otherListener);
  },
  'sasl.username': (value) => taken({ 'security.username': value }),
  'sasl.password': (value) => takenSecret('password', value),
  'sasl.jaas.config': (value) => jaasResult(value),
  'sasl.oauthbearer.token.endpoint.url': (value) => {
    if (/^https?:\/\//i.test(value)) return taken({ 'security.oauth.tokenEndpoint': value });
    const file = /^file:(?:\/\/)?(\/.*)$/i.exec(value)?.[1];
    if (file !== undefined) return taken({ 'security.oauth.tokenFile': file });
    return unsupported('neither an https:// address nor a file: one', 'Enter the token endpoint.');
  },
  'sasl.oauthbearer.client.id': clientId,
  'sasl.oauthbearer.client.credentials.client.id': clientId,
  'sasl.oauthbearer.client.secret': clientSecret,
  'sasl.oauthbearer.client.credentials.client.secret': clientSecret,
  'sasl.oauthbearer.scope': (value) => taken({ 'security.oauth.scope': value }),
  'sasl.oauthbearer.method': (value) =>
    value.toLowerCase() === 'oidc'
      ? ignored('client credentials are what Resonance fetches a token with')
      : unsupported(
          'unsecured tokens, and tokens of the program’s own, are not supported',
          'Enter a token endpoint, or a file with a token.',
        ),
  'sasl.oauthbearer.grant.type': (value) =>
    /client_?credentials/i.test(value)
      ? ignored('that is how Resonance fetches a token')
      : unsupported(`${value} is not supported`, 'Use client credentials, or a file with a token.'),
  'sasl.oauthbearer.config': () =>
    unsupported('unsecured tokens are not supported', 'Enter a token endpoint, or a file with a token.'),
  'sasl.oauthbearer.extensions': () =>
    unsupported('extensions are not sent', 'Ask for a login that needs none.'),
  'sasl.login.callback.handler.class': (value) =>
    /OAuthBearerLoginCallbackHandler$/.test(value)
      ? ignored('Resonance fetches the token itself')
      : unsupported('classes of Java cannot be used', 'Enter user name and password, or the token’s source.'),
  'sasl.client.callback.handler.class': () => unsupported('classes of Java cannot be used', otherListener),
  'sasl.login.class': () => unsupported('classes of Java cannot be used', otherListener),
};

function jaasResult(value: string): KeyResult {
  const login = parseJaasConfig(value);
  if (login === null) {
    return unsupported(
      'not a login module with its options',
      'Expected for example: org.apache.kafka.common.security.plain.PlainLoginModule required username="..." password="...";',
    );
  }
  const { module, options } = login;
  switch (module) {
    case 'PlainLoginModule':
    case 'ScramLoginModule':
      return userLogin(module, options);
    case 'OAuthBearerLoginModule':
      return bearerLogin(options);
    case 'Krb5LoginModule':
      return unsupported('Kerberos is not supported', otherListener);
    default:
      return unsupported(`the login module ${module} is not supported`, otherListener);
  }
}

function userLogin(
  module: string,
  { username, password, tokenauth }: Readonly<Record<string, string>>,
): KeyResult {
  if (tokenauth === 'true') {
    return unsupported('delegation tokens are not supported', 'Log in with a user name and a password.');
  }
  if (username === undefined) {
    return unsupported(`${module} without a user name`, 'Enter user name and password in Resonance.');
  }
  const user = taken({ 'security.username': username });
  if (password === undefined || password === '') return user;
  const secret = takenSecret('password', password);
  return { ...user, detail: `${user.detail}, and ${secret.detail}`, secrets: { password } };
}

function bearerLogin(options: Readonly<Record<string, string>>): KeyResult {
  const { clientId: id, clientSecret: secret, scope } = options;
  const settings = {
    ...(id === undefined ? {} : { 'security.oauth.clientId': id }),
    ...(scope === undefined ? {} : { 'security.oauth.scope': scope }),
  };
  const others = Object.keys(options).filter((name) => !['clientId', 'clientSecret', 'scope'].includes(name));
  if (others.length > 0) {
    return {
      ...unsupported(
        `these options cannot be used: ${others.join(', ')}`,
        'Enter a token endpoint with a client id and secret, or a file with a token.',
      ),
      settings,
      ...(secret === undefined ? {} : { secrets: { clientSecret: secret } }),
    };
  }
  if (id === undefined && secret === undefined) return ignored('it has no options');
  const found = taken(settings);
  if (secret === undefined) return found;
  const kept = takenSecret('clientSecret', secret);
  const detail = [found.detail, kept.detail].filter((part) => part !== '').join(', and ');
  return { ...found, detail, secrets: { clientSecret: secret } };
}
