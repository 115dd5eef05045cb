import { expect, test } from 'vitest';
import { isDocumentLink } from '../../../src/main/app/external-links.js';

test('documentation opens in the browser', () => {
  expect(isDocumentLink('https://kafka.apache.org/documentation/#brokerconfigs')).toBe(true);
});

test.each([
  'http://kafka.apache.org/documentation/',
  'https://kafka.apache.org.example.com/',
  'https://kafka.apache.org@example.com/',
  'https://user:password@kafka.apache.org/',
  'https://kafka.apache.org:8443/',
  'https://example.com/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'smb://kafka.apache.org/share',
  'not an address',
])('%s does not', (address) => {
  expect(isDocumentLink(address)).toBe(false);
});
