import type { LinkState } from '../../../../src/shared/feed.js';
import type { FaultProxy, LinkFault } from '../../fault-proxy.js';
import { type LinkedPart, LoadedTopic } from '../loaded-topic.js';
import type { RowResult } from '../row.js';

export interface LinkRowOptions {
  readonly fault: LinkFault;
  /** How long the fault goes on after it was noticed, or, for a delay, altogether. */
  readonly holdMs: number;
}

export const noticedWithinMs = 10_000;
export const backWithinMs = 5_000;
/** Every request takes a second: one to send, some to fetch, to commit and to keep the place in the group. */
const slowWithinMs = 15_000;

/** The link between one producer, one node and their broker fails under load, and heals. */
export async function runKafkaLinkRow(
  proxy: FaultProxy,
  { fault, holdMs }: LinkRowOptions,
): Promise<RowResult> {
  const loaded = await LoadedTopic.start({ brokers: [proxy.address], partitions: 3, replicationFactor: 1 });
  try {
    const isDown = loaded.linkedParts.map((part) => untilPhase(part, ({ phase }) => phase !== 'open'));
    await proxy.set(fault);
    if (fault === 'delay') await watchSlowLink(loaded, holdMs);
    else {
      await loaded.measure(`${fault}: noticed`, noticedWithinMs, Promise.all(isDown));
      await new Promise((resolve) => setTimeout(resolve, holdMs));
    }
    await proxy.set('pass');
    const isOpen = loaded.linkedParts.map((part) => untilPhase(part, ({ phase }) => phase === 'open'));
    await loaded.measure(`${fault}: back`, backWithinMs, Promise.all([loaded.consuming(), ...isOpen]));
    return await loaded.finish();
  } finally {
    await proxy.set('pass');
    await loaded.close();
  }
}

/** Slow is not down: messages keep coming, and no link is said to be lost. */
async function watchSlowLink(loaded: LoadedTopic, holdMs: number): Promise<void> {
  let timesDown = 0;
  const unsubscribes = loaded.linkedParts.map((part) =>
    part.onLinkChange(({ phase }) => {
      if (phase !== 'open') timesDown += 1;
    }),
  );
  const endsAtMs = performance.now() + holdMs;
  while (performance.now() < endsAtMs)
    await loaded.measure('delay: from sending to effect', slowWithinMs, loaded.consuming());
  for (const unsubscribe of unsubscribes) unsubscribe();
  loaded.note({ what: 'delay: links called down', unit: 'times', measured: timesDown, bound: 0 });
}

function untilPhase(part: LinkedPart, matches: (state: LinkState) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (state: LinkState): void => {
      if (!matches(state)) return;
      unsubscribe();
      resolve();
    };
    const unsubscribe = part.onLinkChange(look);
    look(part.link);
  });
}
