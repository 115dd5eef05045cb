import { describe, expect, it } from 'vitest';
import { handshakeError } from '../../../src/main/websocket/handshake-error.js';

const url = 'ws://nexus-node:8767';

function ofCode(code: string, message = code) {
  return handshakeError('nexus', url, { kind: 'error', error: Object.assign(new Error(message), { code }) });
}

function ofStatus(status: number, body = '') {
  return handshakeError('nexus', url, { kind: 'status', status, body });
}

describe('a failed handshake', () => {
  it.each([
    ['ENOTFOUND', 'WEBSOCKET_UNREACHABLE', 'The name nexus-node is not known here.', /hosts file/],
    ['EAI_AGAIN', 'WEBSOCKET_UNREACHABLE', 'The name nexus-node is not known here.', /Edit the endpoint/],
    ['ECONNREFUSED', 'WEBSOCKET_UNREACHABLE', `Nothing listens at ${url}.`, /Start nexus/],
    ['EHOSTUNREACH', 'WEBSOCKET_UNREACHABLE', 'There is no way to nexus-node from this machine.', /network/],
    ['ETIMEDOUT', 'WEBSOCKET_TIMEOUT', `${url} does not answer.`, /firewall/],
    ['ECONNRESET', 'WEBSOCKET_UNREACHABLE', `${url} hung up during the handshake.`, /wants wss/],
  ])('with %s may pass', (code, expected, message, hint) => {
    expect(ofCode(code)).toMatchObject({
      code: expected,
      message,
      retriable: true,
      hint: expect.stringMatching(hint),
    });
  });

  it.each([
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /certificate .* is not trusted/, /NODE_EXTRA_CA_CERTS/],
    ['CERT_HAS_EXPIRED', /certificate .* is not trusted/, /certificate for nexus-node/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /certificate .* is not trusted/, /certificate for nexus-node/],
    ['EPROTO', /does not speak TLS/, /ws:\/\//],
  ])('with %s stays until somebody changes something', (code, message, hint) => {
    expect(ofCode(code)).toMatchObject({
      code: 'WEBSOCKET_FAILED',
      message: expect.stringMatching(message),
      retriable: false,
      hint: expect.stringMatching(hint),
    });
  });

  it.each([
    [301, false, /moved/],
    [401, false, /login/],
    [403, false, /websocket.allowedHosts/],
    [404, false, /no WebSocket at this address/],
    [429, true, /too many requests/],
    [500, true, /tried again/],
    [503, true, /too many connections/],
  ])('with status %i', (status, retriable, hint) => {
    expect(ofStatus(status)).toMatchObject({
      code: 'WEBSOCKET_REFUSED',
      message: `nexus (${url}) refused the connection with status ${status}.`,
      retriable,
      hint: expect.stringMatching(hint),
    });
  });

  it('tells what the refusal said, but no web page', () => {
    expect(ofStatus(403, 'Not you.\nGo away.').message).toBe(
      `nexus (${url}) refused the connection with status 403: Not you.`,
    );
    expect(ofStatus(403, '<html>').message).toBe(`nexus (${url}) refused the connection with status 403.`);
  });

  it('of a kind not known is still a sentence', () => {
    expect(ofCode('EWHATEVER', 'odd')).toMatchObject({
      code: 'WEBSOCKET_FAILED',
      message: `The connection to ${url} failed: odd`,
      retriable: true,
    });
  });
});
