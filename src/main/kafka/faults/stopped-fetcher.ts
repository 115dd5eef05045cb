import Runner from 'kafkajs/src/consumer/runner.js';

export type StoppedFetcherOutcome = 'mended' | 'unknown shape';

let outcome: StoppedFetcherOutcome | undefined;

/**
 * A consumer of kafkajs 2.2.4 that is stopped just while the brokers of its cluster change starts its fetchers once more
 * after it has stopped them: they find the consumer stopped, fetch nothing, and ask again at once, for ever and without
 * a turn of the event loop. The process hangs at full load.
 *
 * Here a fetcher that finds its consumer stopped stops too. Applied once a process; a class of another shape is left alone.
 */
export function stopFetchersOfStoppedConsumer(): StoppedFetcherOutcome {
  outcome ??= mend();
  return outcome;
}

function mend(): StoppedFetcherOutcome {
  const { prototype } = Runner;
  const fetch = prototype.fetch;
  if (typeof fetch !== 'function') return 'unknown shape';
  prototype.fetch = async function fetchWhileRunning(nodeId): Promise<unknown[]> {
    if (this.running) return fetch.call(this, nodeId);
    // Waits for this very fetcher, which ends once it has its empty answer.
    void this.fetchManager.stop();
    return [];
  };
  return 'mended';
}
