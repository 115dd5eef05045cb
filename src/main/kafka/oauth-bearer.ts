import type { AuthenticationProviderArgs, Authenticator } from 'kafkajs';
import { describeError, ResonanceError } from '../../shared/errors.js';

/**
 * The OAUTHBEARER login (RFC 7628, KIP-255): `n,,^Aauth=Bearer TOKEN^A^A`.
 *
 * kafkajs' own takes any answer for a success; a broker that refuses the token says so in the bytes of an answer without an
 * error code (RFC 7628, section 3.2.2), and closes the connection at the next request.
 */
export function createBearerLogin(
  readToken: () => Promise<string>,
): (context: AuthenticationProviderArgs) => Authenticator {
  return ({ saslAuthenticate }) => ({
    async authenticate() {
      const token = await readToken();
      let refusal = '';
      try {
        const answer = await saslAuthenticate({
          request: { encode: () => withLength(`n,,\u0001auth=Bearer ${token}\u0001\u0001`) },
          response: { decode: (bytes) => bytes.subarray(4), parse: (bytes) => bytes.toString('utf8') },
        });
        refusal = answer ?? '';
      } catch (error) {
        throw refused(describeError(error), error);
      }
      if (refusal !== '') throw refused(refusal);
    },
  });
}

/** kafkajs wants the length (int32) in front, and gives it with the answer. */
function withLength(text: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(Buffer.byteLength(text));
  return Buffer.concat([length, Buffer.from(text)]);
}

function refused(reason: string, cause?: unknown): ResonanceError {
  return new ResonanceError(
    'KAFKA_AUTHENTICATION_FAILED',
    `the broker refused the bearer token (${reason})`,
    {
      hint: 'Check scope, audience and lifetime of the token, and the brokers’ settings for it.',
      ...(cause === undefined ? {} : { cause }),
    },
  );
}
