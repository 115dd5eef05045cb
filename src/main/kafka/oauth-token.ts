import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Clock } from '../../shared/clock.js';
import { describeError, ResonanceError } from '../../shared/errors.js';

export interface OAuthTokenOptions {
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Empty: none is asked for. */
  readonly scope: string;
  /** PEM of the certificate authorities; null: the system's. */
  readonly ca: string | null;
  readonly clock: Clock;
  /** Longest wait for the endpoint. Default 5,000 ms. */
  readonly timeoutMs?: number;
}

interface Token {
  readonly value: string;
  readonly freshUntilMs: number;
}

const defaultTimeoutMs = 5_000;
const largestAnswerBytes = 65_536;
/** A token is used for this part of its life, so that it never expires on its way to the broker. */
const usedLifetime = 0.8;
const assumedLifetimeMs = 300_000;

/**
 * Fetches bearer tokens with the client credentials (RFC 6749, section 4.4; the client's name and secret in the
 * Authorization header, section 2.3.1) and keeps one for most of its life.
 */
export function createTokenReader(options: OAuthTokenOptions): () => Promise<string> {
  const { clock } = options;
  let token: Token | undefined;
  let underWay: Promise<Token> | undefined;
  return async () => {
    if (token !== undefined && clock.monotonicMs() < token.freshUntilMs) return token.value;
    underWay ??= fetchToken(options).finally(() => {
      underWay = undefined;
    });
    token = await underWay;
    return token.value;
  };
}

async function fetchToken(options: OAuthTokenOptions): Promise<Token> {
  const { status, body } = await post(options);
  let answer: { access_token?: unknown; expires_in?: unknown; error?: unknown; error_description?: unknown };
  try {
    answer = JSON.parse(body) as typeof answer;
  } catch {
    answer = {};
  }
  if (status !== 200 || typeof answer.access_token !== 'string') {
    const reason = [answer.error, answer.error_description].filter((part) => typeof part === 'string');
    throw new ResonanceError(
      'KAFKA_AUTHENTICATION_FAILED',
      `the token endpoint ${options.tokenEndpoint} gave no token (${[status, ...reason].join(', ')})`,
      {
        retriable: status >= 500,
        hint: 'Check kafka.security.oauth (endpoint, client id, scope) and the client secret.',
      },
    );
  }
  const lifetimeMs = typeof answer.expires_in === 'number' ? answer.expires_in * 1_000 : assumedLifetimeMs;
  return {
    value: answer.access_token,
    freshUntilMs: options.clock.monotonicMs() + lifetimeMs * usedLifetime,
  };
}

function post(options: OAuthTokenOptions): Promise<{ readonly status: number; readonly body: string }> {
  const { tokenEndpoint, clientId, clientSecret, scope, ca, timeoutMs = defaultTimeoutMs } = options;
  const url = new URL(tokenEndpoint);
  const form = new URLSearchParams({ grant_type: 'client_credentials', ...(scope === '' ? {} : { scope }) });
  const credentials = [clientId, clientSecret].map(encodeURIComponent).join(':');
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void =>
      reject(
        new ResonanceError(
          'KAFKA_AUTHENTICATION_FAILED',
          `the token endpoint ${tokenEndpoint} cannot be reached: ${describeError(error)}`,
          {
            retriable: true,
            hint: 'Check kafka.security.oauth.tokenEndpoint and the network.',
            cause: error,
          },
        ),
      );
    const request = send(
      url,
      {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
          'content-type': 'application/x-www-form-urlencoded',
          accept: 'application/json',
        },
        signal: AbortSignal.timeout(timeoutMs),
        ...(ca === null ? {} : { ca }),
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (text: string) => {
          body += text;
          if (body.length > largestAnswerBytes) request.destroy(new Error('its answer is too long'));
        });
        response.once('error', fail);
        response.once('end', () => resolve({ status: response.statusCode ?? 0, body }));
      },
    );
    request.once('error', fail);
    request.end(form.toString());
  });
}
