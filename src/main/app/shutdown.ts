import type { Clock } from '../../shared/clock.js';
import { describeError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';

/** From the wish to quit to the end of the process, whatever hangs; a watchdog keeps it. */
export const quitDeadlineMs = 5_000;
/** Of these, what the node gets to stop in; the rest is for saving and for being late. */
const stopMs = 2_500;
const unsentPollMs = 100;
/** Kept back for the last step and the exit itself. */
const reserveMs = 500;

export interface ShutdownOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly unsentCount: () => number;
  /** Shows the operator what quitting waits for. */
  readonly announce: (quitting: { readonly unsent: number; readonly deadlineMs: number }) => void;
  /** Undo of the start-up phases, in reverse. Each is awaited; one that fails or hangs does not keep the next. */
  readonly steps: readonly { readonly name: string; readonly run: (deadlineMs: number) => Promise<void> }[];
}

/** Gives unsent messages the chance to leave, then runs the steps; ends within the deadline. */
export async function shutDown({
  clock,
  logger,
  unsentCount,
  announce,
  steps,
}: ShutdownOptions): Promise<void> {
  const endsAtMs = clock.monotonicMs() + quitDeadlineMs;
  const leftMs = (): number => Math.max(0, endsAtMs - clock.monotonicMs());
  const pause = (delayMs: number): Promise<void> =>
    new Promise((resolve) => void clock.after(delayMs, resolve));

  const announceUnsent = (unsent: number): void => announce({ unsent, deadlineMs: leftMs() });
  let unsent = unsentCount();
  announceUnsent(unsent);
  while (unsent > 0 && leftMs() > stopMs) {
    await pause(unsentPollMs);
    const now = unsentCount();
    if (now !== unsent) announceUnsent(now);
    unsent = now;
  }
  if (unsent > 0) logger.warn('quitting with messages that nobody has confirmed', { unsent });

  for (const { name, run } of steps) {
    try {
      const budgetMs = Math.max(100, leftMs() - reserveMs);
      await Promise.race([run(budgetMs), pause(budgetMs).then(() => logger.warn(`${name} took too long`))]);
    } catch (error) {
      logger.error(`${name} failed`, { error: describeError(error) });
    }
  }
}
