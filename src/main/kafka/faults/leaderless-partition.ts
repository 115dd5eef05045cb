import protocol from 'kafkajs/src/protocol/requests/index.js';

export type LeaderlessPartitionOutcome = 'mended' | 'unknown shape';

let outcome: LeaderlessPartitionOutcome | undefined;

/**
 * Lets a client know its cluster though some partition of it has no leader. Whoever names no topic (to find a coordinator or the
 * controller) is told of all of them, and kafkajs 2.2.4 throws that answer away for the error of any one partition: nobody
 * creates a topic or changes a group's offsets until the last leader is back
 * (https://github.com/tulios/kafkajs/issues/1460). Answers about named topics stay as strict as they are.
 *
 * Applied once a process.
 */
export function mendLeaderlessPartitions(): LeaderlessPartitionOutcome {
  outcome ??= mend();
  return outcome;
}

function mend(): LeaderlessPartitionOutcome {
  const metadata = protocol.requests?.Metadata;
  if (typeof metadata?.protocol !== 'function') return 'unknown shape';
  const original = metadata.protocol;
  metadata.protocol = (options) => {
    const create = original(options);
    return (parameters) => {
      const call = create(parameters);
      const { topics } = parameters as { readonly topics?: readonly string[] };
      if (topics !== undefined && topics.length > 0) return call;
      return { ...call, response: { ...call.response, parse: async (answer) => answer } };
    };
  };
  return 'mended';
}
