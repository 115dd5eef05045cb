import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJaasConfig } from '../../../../src/main/settings/client-file/jaas-config.js';

const plain = 'org.apache.kafka.common.security.plain.PlainLoginModule';

test('a login module is read with its options, whatever the quotes and the white space', () => {
  expect(parseJaasConfig(`${plain} required username="alice" password='se cret';`)).toEqual({
    module: 'PlainLoginModule',
    options: { username: 'alice', password: 'se cret' },
  });
  expect(parseJaasConfig(`${plain}\n  REQUIRED\tusername = alice\n password="x"`)?.options).toEqual({
    username: 'alice',
    password: 'x',
  });
});

test('escapes and comments are those of Kafka’s own reader', () => {
  const text = `${plain} required /* who */ username="a\\"b\\\\c\\101" // and how\n password="#;=";`;
  expect(parseJaasConfig(text)?.options).toEqual({ username: 'a"b\\cA', password: '#;=' });
});

test('only the first login counts', () => {
  const text = `${plain} required username="first"; ${plain} required username="second";`;
  expect(parseJaasConfig(text)?.options).toEqual({ username: 'first' });
});

test('what is no login is none', () => {
  for (const text of ['', 'nonsense', `${plain}`, `${plain} sometimes a=b;`, `${plain} required a b c;`]) {
    expect(parseJaasConfig(text), text).toBeNull();
  }
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (text) => {
      parseJaasConfig(`${plain} required ${text}`);
    }),
  );
});

test('any password comes back as it was quoted', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 60 }), (password) => {
      const quoted = password.replace(/[\\"]/g, (found) => `\\${found}`);
      expect(parseJaasConfig(`${plain} required username="a" password="${quoted}";`)?.options.password).toBe(
        password,
      );
    }),
  );
});
