/*
 * Reads what clients saw of a run and says what of it must not have been. It knows nothing of brokers or of this
 * project: the history is all there is.
 */

/** Where a record is: offsets as Kafka's clients give them, decimal. */
export interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

/** One thing that a client saw, in the order in which that client saw it. */
export type HistoryEvent =
  /** A sender is about to send. `sequence` counts up within its `lane`: what it sent in this order must stay so. */
  | { readonly kind: 'attempted'; readonly id: string; readonly lane: string; readonly sequence: number }
  /** The sender was promised that it is kept, by a broker at a position, or by an outbox (null). */
  | { readonly kind: 'acknowledged'; readonly id: string; readonly position: Position | null }
  /** The sender was told that nothing was kept. */
  | { readonly kind: 'refused'; readonly id: string }
  /** A reader got a record; readers read each partition from its beginning to its end. Null: bytes that no client wrote. */
  | {
      readonly kind: 'read';
      readonly reader: string;
      readonly id: string | null;
      readonly position: Position;
    }
  /** A receiver let the message have its effect; from no partition (a WebSocket) the position is null. */
  | {
      readonly kind: 'applied';
      readonly receiver: string;
      readonly id: string;
      readonly position: Position | null;
    };

/** What a test says first that found an anomaly. Chance excuses a late answer, never a lost message. */
export const brokenPromise = 'a promise is broken';

export const anomalyKinds = [
  'lost',
  'not applied',
  'applied twice',
  'stored twice',
  'out of order',
  'two values at one offset',
  'aborted read',
] as const;

export interface Anomaly {
  readonly kind: (typeof anomalyKinds)[number];
  readonly id: string;
  readonly detail: string;
}

export interface HistoryPromises {
  /** Everybody who must have applied each acknowledged message. Default: whoever applied one. */
  readonly receivers?: readonly string[];
  /** A message has one record. False where a sender may die between record and answer: then one effect is the promise. Default true. */
  readonly storedOnce?: boolean;
  /** Somebody read every partition to its end. False where only effects were watched. Default true. */
  readonly readBack?: boolean;
  /** A receiver applies once. False where the receiver is killed between effect and commit. Default true. */
  readonly appliedOnce?: boolean;
}

/** Everything that broke a promise, by kind; empty for a history as it should be. */
export function checkHistory(
  history: readonly HistoryEvent[],
  { receivers, readBack = true, storedOnce = true, appliedOnce = true }: HistoryPromises = {},
): Anomaly[] {
  const index = indexHistory(history);
  return [
    ...(readBack ? findLost(index) : []),
    ...findNotApplied(index, receivers ?? [...index.effects.keys()]),
    ...(appliedOnce ? findAppliedTwice(index) : []),
    ...(storedOnce ? findStoredTwice(index) : []),
    ...findOutOfOrder(index, appliedOnce),
    ...findTwoValues(index),
    ...findAbortedReads(index),
  ];
}

/** Anomalies as a test or a report shows them: a line a kind, with the first of each. */
export function describeAnomalies(anomalies: readonly Anomaly[]): string[] {
  return anomalyKinds.flatMap((kind) => {
    const ofKind = anomalies.filter((anomaly) => anomaly.kind === kind);
    const [first] = ofKind;
    return first === undefined ? [] : [`${kind}: ${ofKind.length}, first ${first.id}: ${first.detail}`];
  });
}

type Attempt = Extract<HistoryEvent, { kind: 'attempted' }>;
type Read = Extract<HistoryEvent, { kind: 'read' }>;
type Effect = Extract<HistoryEvent, { kind: 'applied' }>;

interface HistoryIndex {
  readonly attempts: ReadonlyMap<string, Attempt>;
  readonly refused: ReadonlySet<string>;
  /** The positions that each acknowledged message was promised; none where an outbox promised. */
  readonly acknowledged: ReadonlyMap<string, readonly Position[]>;
  readonly reads: readonly Read[];
  /** Where records of a message were read, each place once. */
  readonly records: ReadonlyMap<string, ReadonlySet<string>>;
  readonly effects: ReadonlyMap<string, readonly Effect[]>;
}

function indexHistory(history: readonly HistoryEvent[]): HistoryIndex {
  const attempts = new Map<string, Attempt>();
  const refused = new Set<string>();
  const acknowledged = new Map<string, Position[]>();
  const reads: Read[] = [];
  const records = new Map<string, Set<string>>();
  const effects = new Map<string, Effect[]>();
  for (const event of history) {
    switch (event.kind) {
      case 'attempted':
        attempts.set(event.id, event);
        break;
      case 'refused':
        refused.add(event.id);
        break;
      case 'acknowledged': {
        const positions = entry(acknowledged, event.id, () => []);
        if (event.position !== null) positions.push(event.position);
        break;
      }
      case 'read':
        reads.push(event);
        if (event.id !== null) entry(records, event.id, () => new Set<string>()).add(placeOf(event.position));
        break;
      case 'applied':
        entry(effects, event.receiver, () => []).push(event);
        break;
    }
  }
  return { attempts, refused, acknowledged, reads, records, effects };
}

/** Acknowledged, and nobody who read everything found it; or not where the acknowledgement said. */
function findLost({ acknowledged, records }: HistoryIndex): Anomaly[] {
  const lost: Anomaly[] = [];
  for (const [id, positions] of acknowledged) {
    const places = records.get(id);
    if (places === undefined) {
      lost.push({ kind: 'lost', id, detail: 'acknowledged, and no reader found it' });
      continue;
    }
    for (const place of positions.map(placeOf)) {
      if (places.has(place)) continue;
      const detail = `acknowledged at ${place}, found at ${[...places].join(', ')}`;
      lost.push({ kind: 'lost', id, detail });
    }
  }
  return lost;
}

function findNotApplied({ acknowledged, effects }: HistoryIndex, receivers: readonly string[]): Anomaly[] {
  return receivers.flatMap((receiver) => {
    const applied = new Set(effects.get(receiver)?.map(({ id }) => id));
    return [...acknowledged.keys()]
      .filter((id) => !applied.has(id))
      .map((id) => ({
        kind: 'not applied' as const,
        id,
        detail: `acknowledged, and ${receiver} never applied it`,
      }));
  });
}

function findAppliedTwice({ effects }: HistoryIndex): Anomaly[] {
  return [...effects].flatMap(([receiver, ofReceiver]) => {
    const seen = new Set<string>();
    return ofReceiver
      .filter(({ id }) => seen.size === seen.add(id).size)
      .map(({ id, position }) => ({
        kind: 'applied twice' as const,
        id,
        detail: `${receiver} applied it again, from ${position === null ? 'a WebSocket' : placeOf(position)}`,
      }));
  });
}

function findStoredTwice({ records }: HistoryIndex): Anomaly[] {
  return [...records]
    .filter(([, places]) => places.size > 1)
    .map(([id, places]) => ({ kind: 'stored twice', id, detail: `at ${[...places].join(' and ')}` }));
}

/**
 * Readers and receivers get the records of a partition by rising offset, and a lane's messages lie in each partition in the
 * order in which they were sent. Of a message with several records the first counts: the others are repeats.
 */
function findOutOfOrder({ attempts, reads, effects }: HistoryIndex, appliedOnce: boolean): Anomaly[] {
  const anomalies = new Map<string, Anomaly>();
  const report = (id: string | null, detail: string): void => {
    anomalies.set(detail, { kind: 'out of order', id: id ?? 'nothing known', detail });
  };
  const deliveries = [
    ...reads.map(({ reader, id, position }) => ({ to: reader, id, position })),
    // A receiver that was killed goes back to its last commit.
    ...(appliedOnce ? [...effects.values()].flat() : []).flatMap(({ receiver, id, position }) =>
      position === null ? [] : [{ to: receiver, id, position }],
    ),
  ];
  const lastOffsets = new Map<string, bigint>();
  const met = new Set<string>();
  const newest = new Map<string, Attempt>();
  for (const { to, id, position } of deliveries) {
    const partition = `${to} ${position.topic}/${position.partition}`;
    const offset = BigInt(position.offset);
    const last = lastOffsets.get(partition);
    if (last !== undefined && offset <= last)
      report(id, `${to} got ${placeOf(position)} after offset ${last}`);
    lastOffsets.set(partition, offset);
    const attempt = id === null ? undefined : attempts.get(id);
    if (attempt === undefined || met.size === met.add(`${to} ${attempt.id}`).size) continue;
    const lane = `${partition} ${attempt.lane}`;
    const before = newest.get(lane);
    if (before === undefined || before.sequence < attempt.sequence) newest.set(lane, attempt);
    else {
      const detail = `${to} got ${attempt.id} (${attempt.sequence}) behind ${before.id} (${before.sequence}) of ${attempt.lane}`;
      report(id, detail);
    }
  }
  return [...anomalies.values()];
}

/** Whoever names a position, by an acknowledgement, a read or an effect, names the same message. */
function findTwoValues({ acknowledged, reads, effects }: HistoryIndex): Anomaly[] {
  const values = new Map<string, Set<string>>();
  const note = (position: Position | null, id: string | null): void => {
    if (position !== null)
      entry(values, placeOf(position), () => new Set<string>()).add(id ?? 'nothing known');
  };
  for (const [id, positions] of acknowledged) for (const position of positions) note(position, id);
  for (const { id, position } of reads) note(position, id);
  for (const { id, position } of [...effects.values()].flat()) note(position, id);
  return [...values]
    .filter(([, ids]) => ids.size > 1)
    .map(([place, ids]) => ({
      kind: 'two values at one offset',
      id: [...ids].join(' and '),
      detail: `at ${place}`,
    }));
}

/** Read or applied, and never sent, or refused when it was. */
function findAbortedReads({ attempts, refused, reads, effects }: HistoryIndex): Anomaly[] {
  const met = [
    ...reads.map(({ id, reader, position }) => ({ id, where: `read by ${reader} at ${placeOf(position)}` })),
    ...[...effects.values()].flat().map(({ id, receiver }) => ({ id, where: `applied by ${receiver}` })),
  ];
  return met.flatMap(({ id, where }): Anomaly[] => {
    if (id === null || !attempts.has(id))
      return [{ kind: 'aborted read', id: id ?? 'nothing known', detail: `${where}, and nobody sent it` }];
    return refused.has(id) ? [{ kind: 'aborted read', id, detail: `${where}, and was refused` }] : [];
  });
}

function placeOf({ topic, partition, offset }: Position): string {
  return `${topic}/${partition}@${offset}`;
}

function entry<V>(map: Map<string, V>, key: string, create: () => V): V {
  const existing = map.get(key);
  if (existing !== undefined) return existing;
  const created = create();
  map.set(key, created);
  return created;
}
