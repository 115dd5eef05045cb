import { ErrorCode } from '../protocol/error-code.js';
import { defineApi } from './api.js';
import { toWireError } from './wire-error.js';

interface InitProducerIdResponse {
  readonly errorCode: ErrorCode;
  readonly producerId: number;
  readonly producerEpoch: number;
}

/**
 * InitProducerId (key 22), versions 0-4.
 *
 * Behaviour: gives an idempotent producer an id never given before, in epoch 0.
 * Deviations: a transactional id is refused with TRANSACTIONAL_ID_AUTHORIZATION_FAILED, which every client takes for
 * final, since transactions are not served.
 */
export const initProducerId = defineApi<{ readonly transactionalId: string | null }, InitProducerIdResponse>({
  key: 22,
  name: 'InitProducerId',
  minVersion: 0,
  maxVersion: 4,
  firstFlexibleVersion: 2,
  decode: (reader, version) => {
    const transactionalId = reader.nullableString();
    reader.int32();
    if (version >= 3) {
      reader.int64();
      reader.int16();
    }
    reader.skipTags();
    return { transactionalId };
  },
  handle: async ({ broker }, { transactionalId }) => {
    const refuse = (errorCode: ErrorCode): InitProducerIdResponse => ({
      errorCode,
      producerId: -1,
      producerEpoch: -1,
    });
    if (transactionalId !== null) return refuse(ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
    try {
      const producerId = await broker.allocateProducerId();
      return { errorCode: ErrorCode.NONE, producerId, producerEpoch: 0 };
    } catch (error) {
      return refuse(toWireError(error).errorCode);
    }
  },
  encode: (writer, _version, { errorCode, producerId, producerEpoch }) => {
    writer.int32(0).int16(errorCode).int64(producerId).int16(producerEpoch).tags();
  },
});
