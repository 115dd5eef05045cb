/**
 * Stable codes of {@link BrokerError}.
 *
 * - `HOST_NOT_LOOPBACK`: the broker has no authentication, so it binds loopback addresses only.
 * - `PORT_IN_USE`: another program listens on the port.
 * - `LISTEN_FAILED`: the operating system refused to listen for another reason (see `cause`).
 * - `DATA_DIRECTORY_LOCKED`: another broker uses the data folder.
 * - `DATA_DIRECTORY_UNUSABLE`: the data folder cannot be opened (see `cause`).
 * - `ILLEGAL_STATE`: a method was called at the wrong time, such as `start()` twice.
 * - `MALFORMED_REQUEST`: a frame does not follow the protocol; its connection is closed.
 * - `RESPONSE_TOO_LARGE`: a request asks for more than one answer may hold; its connection is closed.
 */
export type BrokerErrorCode =
  | 'HOST_NOT_LOOPBACK'
  | 'PORT_IN_USE'
  | 'LISTEN_FAILED'
  | 'DATA_DIRECTORY_LOCKED'
  | 'DATA_DIRECTORY_UNUSABLE'
  | 'ILLEGAL_STATE'
  | 'MALFORMED_REQUEST'
  | 'RESPONSE_TOO_LARGE';

/** Every error the embedded broker throws. Branch on `code`, show `message`. */
export class BrokerError extends Error {
  override readonly name = 'BrokerError';
  readonly code: BrokerErrorCode;

  constructor(code: BrokerErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
