import Connection from 'kafkajs/src/network/connection.js';

/** Bytes of the length before every answer. */
const lengthBytes = 4;

export type PartialAnswerOutcome = 'mended' | 'unknown shape';

let outcome: PartialAnswerOutcome | undefined;

/**
 * Forgets, at each connect, the part of an answer that had come when the connection before was lost. kafkajs 2.2.4 keeps it and
 * takes the next connection's bytes for its rest: no answer finds its request any more, or what is read
 * makes no sense (the cause behind https://github.com/tulios/kafkajs/issues/715). Any cut in the middle of an answer does it.
 *
 * Applied once a process; a connection that looks different is left alone.
 */
export function forgetPartialAnswers(): PartialAnswerOutcome {
  outcome ??= mend();
  return outcome;
}

function mend(): PartialAnswerOutcome {
  const { connect } = Connection.prototype;
  if (typeof connect !== 'function' || typeof Connection.prototype.processData !== 'function')
    return 'unknown shape';
  Connection.prototype.connect = function connectAnew(): Promise<true> {
    const hasKnownShape = Array.isArray(this.chunks) && typeof this.bytesBuffered === 'number';
    if (hasKnownShape && !this.isConnected()) {
      this.chunks = [];
      this.bytesBuffered = 0;
      this.bytesNeeded = lengthBytes;
    }
    return connect.call(this);
  };
  return 'mended';
}
