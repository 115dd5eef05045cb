import type { Clock } from '../../shared/clock.js';
import { describeError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';

/**
 * Runs one step of a shutdown, but goes on at the deadline whatever hangs. A step that fails is logged: the next ones
 * must still run.
 */
export async function withinDeadline(
  step: string,
  deadlineMs: number,
  action: () => Promise<unknown>,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Promise<void> {
  let expire = (): void => undefined;
  const expired = new Promise<'expired'>((resolve) => {
    expire = () => resolve('expired');
  });
  const timer = clock.after(Math.max(0, deadlineMs), expire);
  try {
    const outcome = await Promise.race([action(), expired]);
    if (outcome === 'expired')
      logger.warn('a step of the shutdown took too long and was left behind', { step });
  } catch (error) {
    logger.warn('a step of the shutdown failed', { step, error: describeError(error) });
  } finally {
    timer.cancel();
  }
}
