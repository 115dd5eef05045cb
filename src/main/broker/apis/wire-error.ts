import { BrokerLogError } from '../log/broker-log-error.js';
import { ErrorCode } from '../protocol/error-code.js';

/** The protocol's code and a sentence for what went wrong in the log; anything else is thrown again. */
export function toWireError(error: unknown): { errorCode: ErrorCode; errorMessage: string } {
  if (!(error instanceof BrokerLogError)) throw error;
  return { errorCode: ErrorCode[error.code], errorMessage: error.message };
}
