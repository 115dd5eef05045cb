import type { Clock } from '../../shared/clock.js';
import { ResonanceError } from '../../shared/errors.js';

/**
 * The promise's outcome, or a rejection with what `onExpiry` makes once `timeoutMs` have passed.
 *
 * The work goes on behind it: its later failure is swallowed, since its owner has given it up.
 */
export function withDeadline<T>(
  work: Promise<T>,
  timeoutMs: number,
  clock: Clock,
  onExpiry: () => Error,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = clock.after(timeoutMs, () => reject(onExpiry()));
    work.then(
      (value) => {
        timer.cancel();
        resolve(value);
      },
      (error: unknown) => {
        timer.cancel();
        reject(error);
      },
    );
  });
}

/** Resolves when the work ends, well or not, or after `timeoutMs`; tells which. */
export function settledWithin(work: Promise<unknown>, timeoutMs: number, clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = clock.after(timeoutMs, () => resolve(false));
    const done = (): void => {
      timer.cancel();
      resolve(true);
    };
    work.then(done, done);
  });
}

/** What an operation rejects with whose brokers were silent until its deadline. */
export function noAnswer(doing: string, endpoint: string, timeoutMs: number): ResonanceError {
  return new ResonanceError('KAFKA_TIMEOUT', `${doing}: no answer from ${endpoint} within ${timeoutMs} ms`, {
    retriable: true,
    hint: 'The broker hangs, is overloaded, or the network swallows packets.',
  });
}
