/**
 * Why the log refused something. Each code is the name of the Kafka protocol error that says the same, so the
 * wire side maps by name (https://kafka.apache.org/protocol#protocol_error_codes).
 */
export type BrokerLogErrorCode =
  | 'CORRUPT_MESSAGE'
  | 'INVALID_RECORD'
  | 'UNSUPPORTED_FOR_MESSAGE_FORMAT'
  | 'MESSAGE_TOO_LARGE'
  | 'OUT_OF_ORDER_SEQUENCE_NUMBER'
  | 'INVALID_PRODUCER_EPOCH'
  | 'OFFSET_OUT_OF_RANGE'
  | 'KAFKA_STORAGE_ERROR'
  | 'UNKNOWN_TOPIC_OR_PARTITION'
  | 'TOPIC_ALREADY_EXISTS'
  | 'INVALID_TOPIC_EXCEPTION'
  | 'INVALID_PARTITIONS'
  | 'INVALID_CONFIG';

/** The one error class of the broker's log. `cause` holds the `StorageError` beneath, when there is one. */
export class BrokerLogError extends Error {
  override readonly name = 'BrokerLogError';
  readonly code: BrokerLogErrorCode;

  constructor(code: BrokerLogErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
