import type { BrokerSettings } from '../broker-settings.js';
import type { BrokerClock, BrokerLogger } from '../environment.js';
import type { GroupCoordinator } from '../groups/group-coordinator.js';
import type { OffsetStore } from '../log/offset-store.js';
import type { TopicStore } from '../log/topic-store.js';
import { ProtocolReader } from '../protocol/protocol-reader.js';
import type { ProtocolWriter } from '../protocol/protocol-writer.js';

/** Where clients reach this broker, as Metadata and FindCoordinator tell them. */
export interface AdvertisedBroker {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
}

/** Everything the API handlers work on. */
export interface BrokerServices {
  readonly clusterId: string;
  readonly advertised: AdvertisedBroker;
  readonly settings: BrokerSettings;
  readonly clock: BrokerClock;
  readonly logger: BrokerLogger;
  readonly topics: TopicStore;
  readonly offsets: OffsetStore;
  readonly groups: GroupCoordinator;
  allocateProducerId(): Promise<number>;
}

/** One request as a handler sees it. */
export interface ApiContext {
  readonly broker: BrokerServices;
  readonly version: number;
  readonly clientId: string;
  /** Remote address without the port. */
  readonly clientHost: string;
  /** Calls back when the client is gone: a waiting handler gives up. Returns the unsubscribe. */
  onDisconnect(listener: () => void): () => void;
  /**
   * Sets aside memory for the answer, in place of what was set aside for it before; returns how many
   * bytes were granted (0 when clients leave too much unread). Given back once the client has the answer.
   */
  reserveResponseBytes(byteLength: number): number;
}

/** Answer nothing (Produce with acks=0), or nothing and close the connection. */
export const NO_RESPONSE = Symbol('no response');
export const CLOSE_CONNECTION = Symbol('close connection');

export type ApiOutcome<Response> = Response | typeof NO_RESPONSE | typeof CLOSE_CONNECTION;

/** One API of the protocol: what its file declares. */
export interface ApiSpecification<Request, Response extends object> {
  /** Number on the wire (https://kafka.apache.org/protocol#protocol_api_keys). */
  readonly key: number;
  readonly name: string;
  readonly minVersion: number;
  readonly maxVersion: number;
  /** First version in the compact encoding of KIP-482; absent when none served uses it. */
  readonly firstFlexibleVersion?: number;
  /** Lower bound shown by ApiVersions when it differs from what is served. */
  readonly advertisedMinVersion?: number;
  /** True when a further request of the same kind may start before this one is answered. */
  readonly pipelined?: boolean;
  decode(reader: ProtocolReader, version: number): Request;
  handle(context: ApiContext, request: Request): ApiOutcome<Response> | Promise<ApiOutcome<Response>>;
  encode(writer: ProtocolWriter, version: number, response: Response): void;
}

/** Writes a response body. */
export type ResponseEncoder = (writer: ProtocolWriter) => void;

/** An API with its request and response types hidden, so that all fit one table. */
export interface Api {
  readonly key: number;
  readonly name: string;
  readonly minVersion: number;
  readonly maxVersion: number;
  readonly advertisedMinVersion: number;
  readonly pipelined: boolean;
  isFlexible(version: number): boolean;
  /**
   * Decodes the request in `frame`, whose header is read up to `offset`, handles it and returns how to encode the answer.
   *
   * @throws BrokerError MALFORMED_REQUEST
   */
  serve(context: ApiContext, frame: Buffer, offset: number): Promise<ApiOutcome<ResponseEncoder>>;
}

/** Makes a table entry of a specification. */
export function defineApi<Request, Response extends object>(
  specification: ApiSpecification<Request, Response>,
): Api {
  const { key, name, minVersion, maxVersion } = specification;
  const firstFlexibleVersion = specification.firstFlexibleVersion ?? Number.POSITIVE_INFINITY;
  const isFlexible = (version: number): boolean => version >= firstFlexibleVersion;
  return {
    key,
    name,
    minVersion,
    maxVersion,
    advertisedMinVersion: specification.advertisedMinVersion ?? minVersion,
    pipelined: specification.pipelined ?? false,
    isFlexible,
    serve: async (context, frame, offset) => {
      const { version } = context;
      const reader = new ProtocolReader(frame, { flexible: isFlexible(version), offset });
      // A flexible request has a flexible header (v2), whose tagged fields come before the body.
      reader.skipTags();
      const request = specification.decode(reader, version);
      const outcome = await specification.handle(context, request);
      if (typeof outcome === 'symbol') return outcome;
      return (writer) => specification.encode(writer, version, outcome);
    },
  };
}
