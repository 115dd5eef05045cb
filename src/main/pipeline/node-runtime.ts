import type { FeedBatch } from '../../shared/feed.js';
import type { CommandName, CommandParameters, CommandResults, SettingsView } from '../../shared/ipc.js';

/** Commands that the window's own process answers without the node. */
export type AppCommandName = Extract<CommandName, `app.${string}`>;

/** Commands that the node answers. */
export type NodeCommandName = Exclude<CommandName, AppCommandName>;

/**
 * The running node as a window or a command line holds it: start, stop, execute the operator's commands, listen to
 * the feed. It lives through changes of settings: transports are rebuilt underneath, history and series stay.
 */
export interface NodeRuntime {
  /** Ends once every part was started or has reported why it could not; a broker that is down is no failure. */
  start(): Promise<void>;
  /** Idempotent; ends within the deadline whatever hangs. Default 5,000 ms. */
  stop(deadlineMs?: number): Promise<void>;
  /** Rejects with a `ResonanceError`. Parameters must have been validated with `commandParameters`. */
  execute<N extends NodeCommandName>(name: N, parameters: CommandParameters<N>): Promise<CommandResults[N]>;
  /** At most 20 batches a second, and at most two that `feed.acknowledge` has not confirmed. Returns the unsubscribe. */
  onFeed(listener: (batch: FeedBatch) => void): () => void;
  onSettings(listener: (settings: SettingsView) => void): () => void;
  /** Operator's messages that no broker or peer has confirmed yet. */
  unsentCount(): number;
}
