/**
 * Runs `action` once the sockets were read. A process that was stopped for a while finds its timers due and the answers in
 * its sockets: those must be read before anybody is called silent. Two immediates, because the first may come before
 * the event loop has looked at the sockets again.
 */
export function afterNextPoll(action: () => void): void {
  setImmediate(() => setImmediate(action));
}
