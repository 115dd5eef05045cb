/** Internals of kafkajs 2.2.4 that its own types leave out; used by faults/ alone. */
declare module 'kafkajs/src/network/requestQueue/index.js' {
  namespace RequestQueue {
    interface SocketRequest {
      readonly correlationId: number;
      /** Milliseconds. */
      readonly requestTimeout: number;
      timeoutRequest(): void;
    }
  }
  class RequestQueue {
    constructor(options: {
      maxInFlightRequests: number | null;
      requestTimeout: number;
      enforceRequestTimeout: boolean;
      clientId: string;
      broker: string;
      logger: { debug(message: string): void };
    });
    readonly enforceRequestTimeout: boolean;
    readonly inflight: ReadonlyMap<number, RequestQueue.SocketRequest>;
    requestTimeoutIntervalId: NodeJS.Timeout | undefined;
    pending: unknown[];
    throttledUntil: number;
    throttleCheckTimeoutId: NodeJS.Timeout | null;
    checkPendingRequests(): void;
    scheduleCheckPendingRequests(): void;
    scheduleRequestTimeoutCheck(): void;
    sendSocketRequest(request: RequestQueue.SocketRequest): void;
    push(request: {
      readonly entry: {
        readonly correlationId: number;
        readonly apiName: string;
        readonly apiKey: number;
        readonly apiVersion: number;
        reject(error: Error): void;
        resolve(answer: unknown): void;
      };
      readonly expectResponse: boolean;
      /** Milliseconds. */
      readonly requestTimeout?: number;
      sendRequest(): void;
    }): void;
    fulfillRequest(answer: {
      readonly correlationId: number;
      readonly size: number;
      readonly payload: Buffer;
    }): void;
    destroy(): void;
  }
  export = RequestQueue;
}

declare module 'kafkajs/src/network/connection.js' {
  class Connection {
    /** What was read and is no whole answer yet. */
    chunks: Buffer[];
    bytesBuffered: number;
    bytesNeeded: number;
    isConnected(): boolean;
    connect(): Promise<true>;
    processData(bytes: Buffer): void;
  }
  export = Connection;
}

declare module 'kafkajs/src/protocol/requests/index.js' {
  interface Response {
    decode(answer: Buffer): Promise<unknown>;
    parse(data: unknown): unknown;
  }
  type CreateCall = (parameters: unknown) => { readonly request: unknown; readonly response: Response };
  const protocol: {
    readonly requests?: {
      readonly Fetch?: { protocol: (options: { readonly version: number }) => CreateCall };
      readonly ListOffsets?: object;
      readonly Metadata?: { protocol: (options: { readonly version: number }) => CreateCall };
    };
  };
  export = protocol;
}

declare module 'kafkajs/src/protocol/recordBatch/crc32C/index.js' {
  function crc32c(bytes: Buffer): number;
  export = crc32c;
}

declare module 'kafkajs/src/consumer/consumerGroup.js' {
  class ConsumerGroup {
    constructor(options: Readonly<Record<string, unknown>>);
    memberId: string | null;
    coordinator: { heartbeat(member: unknown): Promise<void> } | null;
    /** Wall time of the last heartbeat, milliseconds. */
    lastRequest: number;
    heartbeat(options: { readonly interval: number }): Promise<void>;
  }
  export = ConsumerGroup;
}

declare module 'kafkajs/src/consumer/runner.js' {
  class Runner {
    readonly running: boolean;
    readonly fetchManager: { stop(): Promise<void> };
    fetch(nodeId: string): Promise<unknown[]>;
  }
  export = Runner;
}

declare module 'kafkajs/src/consumer/fetchManager.js' {
  function createFetchManager(options: {
    logger: object;
    getNodeIds(): string[];
    fetch(nodeId: string): Promise<unknown[]>;
    handler(batch: unknown): Promise<void>;
  }): { start(): Promise<void>; stop(): Promise<void> };
  export = createFetchManager;
}

declare module 'kafkajs/src/protocol/error.js' {
  const errors: { createErrorFromCode(code: number): Error };
  export = errors;
}
