import {
  type Api,
  type ApiContext,
  type BrokerServices,
  CLOSE_CONNECTION,
  NO_RESPONSE,
  type ResponseEncoder,
} from '../apis/api.js';
import { API_VERSIONS_KEY, encodeUnsupportedApiVersions } from '../apis/api-versions.js';
import { ProtocolWriter } from '../protocol/protocol-writer.js';
import { type RequestHeader, readRequestHeader } from '../protocol/request-header.js';
import type { CloseReason } from './broker-metrics.js';

/** The bytes of one response frame, in pieces to be written in order. */
export interface ResponseFrame {
  readonly pieces: readonly Buffer[];
  readonly byteLength: number;
}

/** What is to happen on the connection for one request. */
export type DispatchResult = ResponseFrame | 'no-response' | { readonly close: CloseReason };

/** A request that ends its connection without being run. */
export interface RefusedRequest {
  readonly close: CloseReason;
  /** For the log. */
  readonly detail: string;
}

/** A request that has been recognised and can be run. */
export interface DispatchableRequest {
  /** May start before the earlier requests of its connection are answered, if they are pipelined too. */
  readonly pipelined: boolean;
  run(
    context: Pick<ApiContext, 'clientHost' | 'onDisconnect' | 'reserveResponseBytes'>,
  ): Promise<DispatchResult>;
}

/**
 * Recognises requests by the handler table and frames their responses.
 *
 * An API or version that is not served closes the connection, as Apache Kafka does, with one exception: ApiVersions
 * of an unknown version is answered in version 0 with UNSUPPORTED_VERSION, so that newer clients can fall back.
 */
export class RequestDispatcher {
  readonly #services: BrokerServices;
  readonly #apis: ReadonlyMap<number, Api>;

  constructor(services: BrokerServices, apis: ReadonlyMap<number, Api>) {
    this.#services = services;
    this.#apis = apis;
  }

  /** @throws BrokerError MALFORMED_REQUEST when the header cannot be read */
  recognise(frame: Buffer): DispatchableRequest | RefusedRequest {
    const header = readRequestHeader(frame);
    const api = this.#apis.get(header.apiKey);
    if (api === undefined) {
      return { close: 'unknown-api', detail: `API ${header.apiKey} of client ${header.clientId}` };
    }
    if (header.version < api.minVersion || header.version > api.maxVersion) {
      if (api.key !== API_VERSIONS_KEY) {
        const detail = `${api.name} version ${header.version} of client ${header.clientId}`;
        return { close: 'unsupported-version', detail };
      }
      const response = frameResponse(header, false, (writer) =>
        encodeUnsupportedApiVersions(writer, [...this.#apis.values()]),
      );
      return { pipelined: false, run: async () => response };
    }
    return { pipelined: api.pipelined, run: (context) => this.#run(api, header, frame, context) };
  }

  async #run(
    api: Api,
    header: RequestHeader,
    frame: Buffer,
    connection: Parameters<DispatchableRequest['run']>[0],
  ): Promise<DispatchResult> {
    const context: ApiContext = {
      broker: this.#services,
      version: header.version,
      clientId: header.clientId,
      clientHost: connection.clientHost,
      onDisconnect: connection.onDisconnect,
      reserveResponseBytes: connection.reserveResponseBytes,
    };
    const outcome = await api.serve(context, frame, header.end);
    if (outcome === NO_RESPONSE) return 'no-response';
    if (outcome === CLOSE_CONNECTION) return { close: 'produce-failed' };
    return frameResponse(header, api.isFlexible(header.version), outcome);
  }
}

function frameResponse(header: RequestHeader, flexible: boolean, encode: ResponseEncoder): ResponseFrame {
  const writer = new ProtocolWriter({ flexible });
  writer.int32(header.correlationId);
  // KIP-511: the header of an ApiVersions response stays classic, so that any client can read it.
  if (header.apiKey !== API_VERSIONS_KEY) writer.tags();
  encode(writer);
  return writer.finish();
}
