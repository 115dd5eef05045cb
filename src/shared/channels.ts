/*
 * The parts of the window's contract that need no schema, apart from ipc.ts so that preload stays a few hundred bytes
 * and the window opens before the schemas are loaded.
 */

/** IPC channel names, one for each kind of traffic. */
export const channels = {
  invoke: 'resonance:invoke',
  /** Main to window: a `FeedBatch` as one JSON string, cheaper to carry over than an object. */
  feed: 'resonance:feed',
  event: 'resonance:event',
} as const;

export const windowActions = [
  'compose',
  'view.overview',
  'view.messages',
  'view.nodes',
  'view.topics',
  'view.delivery',
  'view.diagnostics',
  'view.settings',
  'toggle-theme',
  'pause',
  'find',
] as const;
export type WindowAction = (typeof windowActions)[number];
