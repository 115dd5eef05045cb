import { describe, expect, it } from 'vitest';
import { isHostAllowed, isOriginAllowed } from '../../../src/main/websocket/handshake-policy.js';

describe('an origin', () => {
  it.each([
    undefined,
    'http://localhost',
    'http://localhost:3000',
    'https://localhost:8443',
    'http://127.0.0.1:8080',
    'http://[::1]:5173',
    'https://dashboard.example',
  ])('%s may connect', (origin) => {
    expect(isOriginAllowed(origin, ['https://dashboard.example'])).toBe(true);
  });

  it.each([
    'null',
    '',
    'https://evil.example',
    'https://dashboard.example.evil.example',
    'http://dashboard.example',
    'https://dashboard.example:444',
    'http://localhost.evil.example',
    'http://localhost@evil.example',
    'http://127.0.0.1.evil.example',
    'http://localhost/path',
    'http://localhost, http://evil.example',
    'file://',
    'file://localhost',
    'chrome-extension://abcdef',
    'ws://localhost',
    'http://192.168.1.5',
    'http://0.0.0.0',
  ])('%s may not connect', (origin) => {
    expect(isOriginAllowed(origin, ['https://dashboard.example'])).toBe(false);
  });
});

describe('a host header', () => {
  const policy = {
    listenHost: '192.168.1.5',
    allowedHosts: ['resonance-node', 'Mesh.Example'],
    ownHosts: () => ['workstation', '10.0.0.7', 'fe80::1%eth0'],
  };

  it.each([
    'localhost',
    'localhost:8765',
    'LOCALHOST:1',
    'localhost.:8765',
    '127.0.0.1:8765',
    '127.1.2.3',
    '[::1]:8765',
    '[0:0:0:0:0:0:0:1]',
    '192.168.1.5:8765',
    'resonance-node:8765',
    'mesh.example',
  ])('%s names this server', (host) => {
    expect(isHostAllowed(host, policy)).toBe(true);
  });

  it.each([
    undefined,
    '',
    'evil.example:8765',
    'localhost.evil.example',
    '192.168.1.50',
    '10.0.0.7',
    'workstation',
    'user@localhost',
    'localhost/evil',
    'localhost evil',
    '[::1',
    'localhost:99999',
    '0.0.0.0:8765',
  ])('%s does not', (host) => {
    expect(isHostAllowed(host, policy)).toBe(false);
  });

  it('may be the name or an address of this machine when the server listens on all of them', () => {
    for (const listenHost of ['0.0.0.0', '::']) {
      const open = { ...policy, listenHost };
      expect(isHostAllowed('10.0.0.7:8765', open)).toBe(true);
      expect(isHostAllowed('workstation', open)).toBe(true);
      expect(isHostAllowed('[fe80::1]:8765', open)).toBe(true);
      expect(isHostAllowed('evil.example', open)).toBe(false);
    }
  });
});
