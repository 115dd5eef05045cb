import { describe, expect, it } from 'vitest';
import { toLoopbackAddress } from '../../../../src/main/broker/server/loopback.js';

describe('toLoopbackAddress', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['127.9.8.7', '127.9.8.7'],
    ['localhost', '127.0.0.1'],
    ['LocalHost', '127.0.0.1'],
    ['::1', '::1'],
  ])('takes %s', (host, address) => {
    expect(toLoopbackAddress(host)).toBe(address);
  });

  it.each(['0.0.0.0', '::', '192.168.1.2', '127.0.0.1.example.org', '127.evil.example', '', 'example.org'])(
    'refuses "%s"',
    (host) => {
      expect(toLoopbackAddress(host)).toBeUndefined();
    },
  );
});
