import { ResonanceError } from '../../shared/errors.js';
import type { LinkState } from '../../shared/feed.js';

/* Why a message to a peer was not acknowledged. */

export function notConnected(peer: string, link: LinkState): ResonanceError {
  const why = link.lastError === null ? '' : ` (${link.lastError.message})`;
  return new ResonanceError('WEBSOCKET_NOT_CONNECTED', `There is no connection to ${peer}${why}.`, {
    retriable: true,
    hint: `Check the endpoint of ${peer} and whether it runs, or send over Kafka.`,
  });
}

export function closed(peer: string): ResonanceError {
  return new ResonanceError(
    'SHUTTING_DOWN',
    `The link to ${peer} was closed before it acknowledged the message.`,
  );
}

export function lostBeforeAck(peer: string): ResonanceError {
  return new ResonanceError(
    'WEBSOCKET_NOT_CONNECTED',
    `The connection to ${peer} was lost before it acknowledged the message: it may or may not have got it.`,
    { retriable: true, hint: 'Send it again once the link is open.' },
  );
}

export function unacknowledged(peer: string, timeoutMs: number): ResonanceError {
  return new ResonanceError(
    'WEBSOCKET_TIMEOUT',
    `${peer} has not acknowledged the message within ${timeoutMs} ms: it may or may not have got it.`,
    { retriable: true, hint: `Check whether ${peer} is overloaded, then send again.` },
  );
}

export function refusedBy(peer: string, answer: string): ResonanceError {
  return new ResonanceError('WEBSOCKET_REFUSED', `${peer} answered: ${answer.slice(0, 500)}`, {
    hint: 'Correct the message; the same one would be refused again.',
  });
}
