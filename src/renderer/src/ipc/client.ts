import { describeError, ResonanceError } from '../../../shared/errors.js';
import type { FeedBatch } from '../../../shared/feed.js';
import type {
  CommandName,
  CommandOutcome,
  CommandParameters,
  CommandResults,
  ResonanceBridge,
  WindowEvents,
} from '../../../shared/ipc.js';

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;

/** Commands without parameters are called with the name alone; what is passed is copied, so it may be readonly. */
type CallArguments<N extends CommandName> =
  CommandParameters<N> extends undefined
    ? [name: N]
    : [name: N, parameters: DeepReadonly<CommandParameters<N>>];

/** The node, as the stores see it. */
export interface ResonanceClient {
  /** @throws {ResonanceError} with the code and hint that main gave */
  call<N extends CommandName>(...call: CallArguments<N>): Promise<CommandResults[N]>;
  /** Each batch, parsed once. Returns its unsubscribe. */
  onFeed(listener: (batch: FeedBatch) => void): () => void;
  /** Returns its unsubscribe. */
  onEvent<N extends keyof WindowEvents>(name: N, listener: (value: WindowEvents[N]) => void): () => void;
}

export function createClient(bridge: ResonanceBridge): ResonanceClient {
  return {
    async call<N extends CommandName>(...[name, parameters]: CallArguments<N>) {
      const outcome = await invoke(bridge, name, parameters as CommandParameters<N>);
      if (outcome.ok) return outcome.value;
      const { code, message, retriable, hint } = outcome.error;
      throw new ResonanceError(code, message, { retriable, ...(hint === undefined ? {} : { hint }) });
    },
    onFeed(listener) {
      return bridge.onFeed((batchJson) => listener(JSON.parse(batchJson) as FeedBatch));
    },
    onEvent(name, listener) {
      return bridge.onEvent((event) => {
        // The message type pairs each name with its value; comparing the name is what selects the pair.
        if (event.name === name) listener(event.value as Parameters<typeof listener>[0]);
      });
    },
  };
}

/** Main answers errors as data; a rejection means that the call itself did not get through. */
async function invoke<N extends CommandName>(
  bridge: ResonanceBridge,
  name: N,
  parameters: CommandParameters<N>,
): Promise<CommandOutcome<N>> {
  try {
    return await bridge.invoke(name, parameters);
  } catch (cause) {
    throw new ResonanceError('INTERNAL', `The app did not answer \`${name}\`: ${describeError(cause)}`, {
      hint: 'Reload the window. If it happens again, look at the log under Diagnostics.',
      cause,
    });
  }
}
