import { expect, test } from 'vitest';
import { contentSecurityPolicy } from '../../../src/main/app/content-security-policy.js';

test('the page may load its own scripts, styles, fonts and images, and nothing else', () => {
  expect(contentSecurityPolicy).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
      "connect-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
      "require-trusted-types-for 'script'; trusted-types 'none'",
  );
});
