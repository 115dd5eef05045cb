import { ErrorCode } from '../protocol/error-code.js';
import type { ProtocolWriter } from '../protocol/protocol-writer.js';
import { type Api, defineApi } from './api.js';

interface ApiVersionsResponse {
  readonly errorCode: ErrorCode;
  readonly apis: readonly Pick<Api, 'key' | 'advertisedMinVersion' | 'maxVersion'>[];
}

/**
 * ApiVersions (key 18), versions 0-3.
 *
 * Behaviour: lists what the handler table serves, so the list cannot be wrong. A request of a newer version is answered
 * by {@link encodeUnsupportedApiVersions} instead of being refused, and its response header is never flexible
 * (KIP-511): clients rely on both to find a common version.
 * Deviations: no supported or finalised features (KIP-584).
 */
export function createApiVersions(served: () => readonly Api[]): Api {
  return defineApi<null, ApiVersionsResponse>({
    key: API_VERSIONS_KEY,
    name: 'ApiVersions',
    minVersion: 0,
    maxVersion: 3,
    firstFlexibleVersion: 3,
    decode: (reader, version) => {
      if (version >= 3) {
        reader.string();
        reader.string();
        reader.skipTags();
      }
      return null;
    },
    handle: () => ({ errorCode: ErrorCode.NONE, apis: served() }),
    encode: encodeApiVersions,
  });
}

/** Its responses always carry the classic header. */
export const API_VERSIONS_KEY = 18;

/** The answer to an ApiVersions request of unknown version: version 0, UNSUPPORTED_VERSION, and the versions of ApiVersions itself. */
export function encodeUnsupportedApiVersions(writer: ProtocolWriter, served: readonly Api[]): void {
  const apis = served.filter((api) => api.key === API_VERSIONS_KEY);
  encodeApiVersions(writer, 0, { errorCode: ErrorCode.UNSUPPORTED_VERSION, apis });
}

function encodeApiVersions(writer: ProtocolWriter, version: number, response: ApiVersionsResponse): void {
  writer.int16(response.errorCode);
  writer.array(response.apis, (w, api) => {
    w.int16(api.key).int16(api.advertisedMinVersion).int16(api.maxVersion).tags();
  });
  if (version >= 1) writer.int32(0);
  writer.tags();
}
