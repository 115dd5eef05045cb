/**
 * Every failure that leaves an adapter is a {@link ResonanceError}: callers branch on `code`, operators read
 * `message` (what happened) and `hint` (what to do next). docs/errors.md lists the codes.
 */
export const errorCodes = [
  'CONFIGURATION_INVALID',
  'MESSAGE_INVALID',
  'TARGET_UNKNOWN',
  'KAFKA_UNREACHABLE',
  'KAFKA_TIMEOUT',
  'KAFKA_AUTHENTICATION_FAILED',
  'KAFKA_TLS_FAILED',
  'KAFKA_TOPIC_UNKNOWN',
  'KAFKA_TOPIC_EXISTS',
  'KAFKA_GROUP_NOT_EMPTY',
  'KAFKA_OFFSETS_CHANGED',
  'KAFKA_MESSAGE_TOO_LARGE',
  'KAFKA_NOT_AUTHORIZED',
  'KAFKA_CLOSED',
  'KAFKA_FAILED',
  'WEBSOCKET_UNREACHABLE',
  'WEBSOCKET_REFUSED',
  'WEBSOCKET_TIMEOUT',
  'WEBSOCKET_NOT_CONNECTED',
  'WEBSOCKET_BACKPRESSURE',
  'WEBSOCKET_PORT_TAKEN',
  'WEBSOCKET_FAILED',
  'BROKER_PORT_TAKEN',
  'BROKER_FAILED',
  'DATA_DIRECTORY_LOCKED',
  'STORAGE_FULL',
  'STORAGE_DAMAGED',
  'STORAGE_FAILED',
  'QUEUE_FULL',
  'HANDLER_FAILED',
  'SHUTTING_DOWN',
  'COMMAND_INVALID',
  'COMMAND_DENIED',
  'PROFILE_READ_ONLY',
  'NOT_FOUND',
  'INTERNAL',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export interface ResonanceErrorOptions {
  /** True when the same call may succeed later without anybody changing anything. Default false. */
  readonly retriable?: boolean;
  /** One sentence that tells the operator what to do next. */
  readonly hint?: string;
  readonly cause?: unknown;
}

export class ResonanceError extends Error {
  readonly code: ErrorCode;
  readonly retriable: boolean;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: ResonanceErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ResonanceError';
    this.code = code;
    this.retriable = options.retriable ?? false;
    this.hint = options.hint;
  }
}

/** The part of an error that crosses a process boundary: plain data, no stack, no cause. */
export interface ErrorReport {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retriable: boolean;
  readonly hint?: string;
}

/** Anything thrown, as plain data. What is not a {@link ResonanceError} becomes code `INTERNAL`. */
export function toErrorReport(error: unknown): ErrorReport {
  if (error instanceof ResonanceError) {
    return {
      code: error.code,
      message: error.message,
      retriable: error.retriable,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    };
  }
  return { code: 'INTERNAL', message: describeError(error), retriable: false };
}

/** One readable line for anything thrown. */
export function describeError(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
