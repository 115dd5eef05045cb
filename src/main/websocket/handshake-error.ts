import { ResonanceError } from '../../shared/errors.js';

/** How the opening of a connection failed: an error of the socket or of `ws`, or another status than 101. */
export type HandshakeFailure =
  | { readonly kind: 'error'; readonly error: NodeJS.ErrnoException }
  | { readonly kind: 'status'; readonly status: number; readonly body: string }
  | { readonly kind: 'timeout'; readonly timeoutMs: number };

/**
 * The failure in one sentence, and what to do about it. `retriable` tells whether waiting may help.
 *
 * @param peer the peer's name, for the sentence
 */
export function handshakeError(peer: string, address: string, failure: HandshakeFailure): ResonanceError {
  switch (failure.kind) {
    case 'timeout':
      return new ResonanceError(
        'WEBSOCKET_TIMEOUT',
        `${peer} (${address}) did not complete the handshake within ${failure.timeoutMs} ms.`,
        {
          retriable: true,
          hint: `Check that a firewall lets ${address} through and that ${peer} is a WebSocket server.`,
        },
      );
    case 'status':
      return statusError(peer, address, failure.status, failure.body);
    case 'error':
      return socketError(peer, address, failure.error);
  }
}

function statusError(peer: string, address: string, status: number, body: string): ResonanceError {
  const said = firstLine(body);
  const message = `${peer} (${address}) refused the connection with status ${status}${said === '' ? '.' : `: ${said}`}`;
  // Overload and restarts pass; everything else wants somebody to change something.
  const retriable = status >= 500 || status === 429 || status === 408;
  return new ResonanceError('WEBSOCKET_REFUSED', message, { retriable, hint: statusHint(peer, status) });
}

function statusHint(peer: string, status: number): string {
  if (status === 401 || status === 407) return `${peer} wants a login, which the protocol does not have.`;
  if (status === 403) return `Have ${peer} allow this node's host name (websocket.allowedHosts there).`;
  if (status === 429) return `${peer} has too many requests; it will be tried again.`;
  if (status === 503) return `${peer} has too many connections or is starting; it will be tried again.`;
  if (status >= 500) return `Something between here and ${peer} is failing; it will be tried again.`;
  if (status >= 300 && status < 400) return `The address has moved: edit the endpoint of ${peer}.`;
  return `There is a web server, but no WebSocket at this address: edit the endpoint of ${peer}.`;
}

function socketError(peer: string, address: string, error: NodeJS.ErrnoException): ResonanceError {
  const host = hostOf(address);
  const fail = (
    code: 'WEBSOCKET_UNREACHABLE' | 'WEBSOCKET_REFUSED' | 'WEBSOCKET_TIMEOUT' | 'WEBSOCKET_FAILED',
    message: string,
    hint: string,
    retriable = true,
  ): ResonanceError => new ResonanceError(code, message, { retriable, hint, cause: error });

  if (error instanceof SyntaxError) {
    const hint = `Edit the endpoint of ${peer}: for example ws://nexus-node:8767.`;
    return fail('WEBSOCKET_FAILED', `${address} is not a WebSocket address.`, hint, false);
  }
  switch (error.code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
    case 'EAI_NONAME':
      return fail(
        'WEBSOCKET_UNREACHABLE',
        `The name ${host} is not known here.`,
        `Edit the endpoint of ${peer}, or add ${host} to this machine's hosts file.`,
      );
    case 'ECONNREFUSED':
      return fail(
        'WEBSOCKET_UNREACHABLE',
        `Nothing listens at ${address}.`,
        `Start ${peer}, or edit its endpoint.`,
      );
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENETDOWN':
    case 'EADDRNOTAVAIL':
      return fail(
        'WEBSOCKET_UNREACHABLE',
        `There is no way to ${host} from this machine.`,
        'Check the network connection and the address.',
      );
    case 'ETIMEDOUT':
      return fail(
        'WEBSOCKET_TIMEOUT',
        `${address} does not answer.`,
        `Check that ${peer} is running and that a firewall lets the port through.`,
      );
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return fail(
        'WEBSOCKET_FAILED',
        `${address} does not speak TLS.`,
        `Use ws:// instead of wss:// in the endpoint of ${peer}.`,
        false,
      );
    case 'ECONNRESET':
    case 'EPIPE':
      return fail(
        'WEBSOCKET_UNREACHABLE',
        `${address} hung up during the handshake.`,
        `Check that ${peer} is a WebSocket server${address.startsWith('ws:') ? ', and whether it wants wss://' : ''}.`,
      );
    default:
      break;
  }
  if (isCertificateError(error)) {
    return fail(
      'WEBSOCKET_FAILED',
      `The certificate of ${address} is not trusted: ${error.message}.`,
      `Give ${peer} a certificate for ${host}, or name its authority in NODE_EXTRA_CA_CERTS.`,
      false,
    );
  }
  // What ws says of an answer that is HTTP but no WebSocket handshake, and Node's parser of one that is not HTTP.
  if (/^Invalid (Upgrade|Sec-WebSocket)|^Server sent|^Parse Error/.test(error.message)) {
    return fail(
      'WEBSOCKET_FAILED',
      `${address} is not a WebSocket server (${error.message}).`,
      `Edit the endpoint of ${peer}.`,
      false,
    );
  }
  return fail('WEBSOCKET_FAILED', `The connection to ${address} failed: ${error.message}`, `Check ${peer}.`);
}

function isCertificateError(error: NodeJS.ErrnoException): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ERR_TLS/.test(error.code ?? '');
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).hostname : address;
}

function firstLine(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line.startsWith('<') ? '' : line.slice(0, 200);
}
