import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An OAuth token endpoint for client credentials that issues unsecured tokens, as a test broker takes them. */
export class TokenServer {
  readonly url: string;
  /** Requests answered with a token. */
  issued = 0;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  }

  static async start(clientId: string, clientSecret: string): Promise<TokenServer> {
    const expected = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
    const server = createServer((request, response) => {
      request.resume();
      response.setHeader('content-type', 'application/json');
      if (request.headers.authorization !== expected) {
        response.writeHead(401).end('{"error":"invalid_client"}');
        return;
      }
      tokens.issued += 1;
      response.end(
        JSON.stringify({ access_token: unsecuredToken(clientId), token_type: 'Bearer', expires_in: 300 }),
      );
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const tokens = new TokenServer(server);
    return tokens;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** An unsecured JSON web token (RFC 7519, section 6), good for five minutes. */
export function unsecuredToken(subject: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const nowS = Math.floor(Date.now() / 1_000);
  return `${part({ alg: 'none' })}.${part({ sub: subject, iat: nowS, exp: nowS + 300 })}.`;
}
