import { ResonanceError } from '../../shared/errors.js';

/** @param what for the message: `The message was not sent`, `deleting the group g` */
export function readOnlyProfile(what: string): ResonanceError {
  return new ResonanceError('PROFILE_READ_ONLY', `${what}: the active profile only watches its cluster`, {
    // What waits in the outbox goes on waiting until the lock is taken off.
    retriable: true,
    hint: 'Choose another profile, or take the read-only lock off this one under Settings.',
  });
}
