import kafkajs from 'kafkajs';
import crc32c from 'kafkajs/src/protocol/recordBatch/crc32C/index.js';
import protocol from 'kafkajs/src/protocol/requests/index.js';
import { compress } from '../compression/codec.js';
import { FetchAnswerMender, mendedFetchVersions } from './fetch-answer.js';
import { joinAnswer, splitAnswer } from './fetched-records.js';

export type FetchMendingOutcome = 'mended' | 'unknown shape';

let outcome: FetchMendingOutcome | undefined;

/**
 * Puts {@link FetchAnswerMender} between the answers to Fetch and kafkajs' own decoding of them: kafkajs knows gzip alone, and
 * one batch that it can't decode ends a consumer for good (https://github.com/tulios/kafkajs/issues/1475, 254).
 * Applied once a process.
 */
export function mendFetchAnswers(): FetchMendingOutcome {
  outcome ??= mend();
  return outcome;
}

function mend(): FetchMendingOutcome {
  const fetch = protocol.requests?.Fetch;
  if (typeof fetch?.protocol !== 'function') return 'unknown shape';
  const mender = new FetchAnswerMender(crc32c);
  const original = fetch.protocol;
  fetch.protocol = (options) => {
    const create = original(options);
    const { version } = options;
    if (version < mendedFetchVersions.min || version > mendedFetchVersions.max) return create;
    return (parameters) => {
      const call = create(parameters);
      const { response } = call;
      const decode = async (answer: Buffer): Promise<unknown> => {
        const mended = await mender.mend(answer, version);
        const { rest, records } = splitAnswer(mended, version);
        const decoded = await response.decode(rest);
        return joinAnswer(decoded, records) ? decoded : response.decode(mended);
      };
      return { ...call, response: { ...response, decode } };
    };
  };
  addSnappyForSending();
  return 'mended';
}

/** Number of snappy in a batch's attributes. */
const snappy = 2;

function addSnappyForSending(): void {
  kafkajs.CompressionCodecs[snappy] = () => ({
    compress: async ({ buffer }: { readonly buffer: Buffer }) =>
      Buffer.from(await compress('snappy', buffer)),
    decompress: () => Promise.reject(new Error('batches are decompressed before kafkajs sees them')),
  });
}
