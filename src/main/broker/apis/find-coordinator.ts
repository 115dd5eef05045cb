import { ErrorCode } from '../protocol/error-code.js';
import { type AdvertisedBroker, defineApi } from './api.js';

interface FindCoordinatorRequest {
  readonly key: string;
  readonly keyType: number;
}

interface FindCoordinatorResponse {
  readonly errorCode: ErrorCode;
  readonly errorMessage: string | null;
  readonly coordinator: AdvertisedBroker;
}

const GROUP = 0;
const NOBODY: AdvertisedBroker = { nodeId: -1, host: '', port: -1 };

/**
 * FindCoordinator (key 10), versions 0-3.
 *
 * Behaviour: this broker coordinates every consumer group.
 * Deviations: a transaction coordinator is refused with TRANSACTIONAL_ID_AUTHORIZATION_FAILED, which every client takes
 * for final, since transactions are not served.
 */
export const findCoordinator = defineApi<FindCoordinatorRequest, FindCoordinatorResponse>({
  key: 10,
  name: 'FindCoordinator',
  minVersion: 0,
  maxVersion: 3,
  firstFlexibleVersion: 3,
  decode: (reader, version) => {
    const key = reader.string();
    const keyType = version >= 1 ? reader.int8() : GROUP;
    reader.skipTags();
    return { key, keyType };
  },
  handle: ({ broker }, { key, keyType }) => {
    if (keyType !== GROUP) {
      return {
        errorCode: ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
        errorMessage: 'The embedded broker does not serve transactions',
        coordinator: NOBODY,
      };
    }
    if (key === '') {
      return {
        errorCode: ErrorCode.INVALID_GROUP_ID,
        errorMessage: 'The group id is empty',
        coordinator: NOBODY,
      };
    }
    return { errorCode: ErrorCode.NONE, errorMessage: null, coordinator: broker.advertised };
  },
  encode: (writer, version, { errorCode, errorMessage, coordinator }) => {
    if (version >= 1) writer.int32(0);
    writer.int16(errorCode);
    if (version >= 1) writer.nullableString(errorMessage);
    writer.int32(coordinator.nodeId).string(coordinator.host).int32(coordinator.port).tags();
  },
});
