import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apiTable } from '../../../src/main/broker/apis/api-table.js';
import type { BrokerSettings } from '../../../src/main/broker/index.js';
import { ErrorCode } from '../../../src/main/broker/protocol/error-code.js';
import type { ProtocolReader } from '../../../src/main/broker/protocol/protocol-reader.js';
import { encodeRequest, RawClient } from '../../support/broker/raw-client.js';
import { buildRecordBatch } from '../../support/broker/record-batch-builder.js';
import { startTestBroker, type TestBroker } from '../../support/embedded-broker.js';

const PRODUCE = 0;
const FETCH = 1;
const METADATA = 3;
const OFFSET_COMMIT = 8;
const OFFSET_FETCH = 9;
const JOIN_GROUP = 11;
const DESCRIBE_GROUPS = 15;
const API_VERSIONS = 18;
const INIT_PRODUCER_ID = 22;
const TOPIC = 'wire';

interface ProduceOptions {
  readonly acks?: number;
  readonly partition?: number;
  readonly transactionalId?: string | null;
}

interface FetchOptions {
  readonly maxWaitMs?: number;
  readonly minBytes?: number;
  readonly maxBytes?: number;
  readonly sessionId?: number;
}

describe('the protocol on the wire', () => {
  let broker: TestBroker;
  let client: RawClient;
  const clients: RawClient[] = [];

  async function connectClient(): Promise<RawClient> {
    const connected = await RawClient.connect(broker.port);
    clients.push(connected);
    return connected;
  }

  async function start(defaults: Partial<BrokerSettings> = {}): Promise<void> {
    broker = await startTestBroker({ defaults });
    client = await connectClient();
  }

  beforeEach(async () => {
    await start();
    await metadata(TOPIC, true);
  });

  afterEach(async () => {
    for (const connected of clients.splice(0)) connected.destroy();
    await broker.close();
  });

  /** The error code and the partition count of a topic. */
  async function metadata(topic: string, allowAutoTopicCreation: boolean): Promise<[number, number]> {
    const reader = await client.request(METADATA, 4, (writer) => {
      writer.array([topic], (w, name) => w.string(name)).boolean(allowAutoTopicCreation);
    });
    reader.int32();
    reader.array((r) => [r.int32(), r.string(), r.int32(), r.nullableString()]);
    reader.nullableString();
    reader.int32();
    const [found] = reader.array((r) => {
      const errorCode = r.int16();
      r.string();
      r.boolean();
      const partitions = r.array((p) => {
        p.int16();
        p.int32();
        p.int32();
        p.array((replica) => replica.int32());
        p.array((replica) => replica.int32());
      });
      return [errorCode, partitions.length] as [number, number];
    });
    if (found === undefined) throw new Error('the topic is missing in the answer');
    return found;
  }

  function produceRequest(batch: Buffer, options: ProduceOptions = {}): Parameters<RawClient['request']>[2] {
    const { acks = -1, partition = 0, transactionalId = null } = options;
    return (writer) => {
      writer.nullableString(transactionalId).int16(acks).int32(1000);
      writer.array([TOPIC], (w, name) => {
        w.string(name).array([partition], (p) => p.int32(partition).bytes(Buffer.from(batch)));
      });
    };
  }

  function readProduced(reader: ProtocolReader): { errorCode: number; baseOffset: number } | undefined {
    const [topic] = reader.array((r) => {
      r.string();
      return r.array((p) => {
        p.int32();
        const errorCode = p.int16();
        const baseOffset = p.int64();
        p.int64();
        p.int64();
        return { errorCode, baseOffset };
      });
    });
    return topic?.[0];
  }

  async function produce(batch: Buffer, options: ProduceOptions = {}) {
    return readProduced(await client.request(PRODUCE, 7, produceRequest(batch, options)));
  }

  /** Fetches partition 0 of the topic. */
  async function fetch(offset: number, options: FetchOptions = {}, from = client) {
    const { maxWaitMs = 0, minBytes = 1, maxBytes = 1_000_000, sessionId = 0 } = options;
    const reader = await from.request(FETCH, 7, (writer) => {
      writer.int32(-1).int32(maxWaitMs).int32(minBytes).int32(maxBytes).int8(0);
      writer.int32(sessionId).int32(sessionId === 0 ? -1 : 1);
      writer.array([TOPIC], (w, name) => {
        w.string(name).array([0], (p) => p.int32(0).int64(offset).int64(0).int32(maxBytes));
      });
      writer.array([], () => undefined);
    });
    reader.int32();
    const errorCode = reader.int16();
    const answeredSession = reader.int32();
    const [partitions] = reader.array((r) => {
      r.string();
      return r.array((p) => {
        p.int32();
        const partitionError = p.int16();
        const highWatermark = p.int64();
        p.int64();
        p.int64();
        p.nullableArray((aborted) => aborted.int64());
        return { errorCode: partitionError, highWatermark, recordBytes: p.bytes().length };
      });
    });
    return { errorCode, sessionId: answeredSession, ...partitions?.[0] };
  }

  it('lists in ApiVersions exactly what the handler table serves', async () => {
    const expected = [...apiTable.values()].map((api) => [api.key, api.advertisedMinVersion, api.maxVersion]);
    const classic = await client.request(API_VERSIONS, 0, () => undefined);
    expect(classic.int16()).toBe(ErrorCode.NONE);
    expect(classic.array((r) => [r.int16(), r.int16(), r.int16()])).toEqual(expected);
    const flexible = await client.request(
      API_VERSIONS,
      3,
      (writer) => writer.string('test').string('1').tags(),
      { flexible: true },
    );
    expect(flexible.int16()).toBe(ErrorCode.NONE);
    const offered = flexible.array((r) => {
      const range = [r.int16(), r.int16(), r.int16()];
      r.skipTags();
      return range;
    });
    expect(offered).toEqual(expected);
  });

  it('creates a topic on Metadata only when the client allows it', async () => {
    expect(await metadata('unwanted', false)).toEqual([ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, 0]);
    expect(await metadata('wanted', true)).toEqual([ErrorCode.NONE, 1]);
    expect(await metadata('not a name', true)).toEqual([ErrorCode.INVALID_TOPIC_EXCEPTION, 0]);
  });

  it('gives no topic more partitions than the broker may have', async () => {
    await broker.close();
    await start({ maxPartitions: 1 });
    expect(await metadata('first', true)).toEqual([ErrorCode.NONE, 1]);
    expect(await metadata('second', true)).toEqual([ErrorCode.POLICY_VIOLATION, 0]);
  });

  it('answers pipelined produce requests in their order', async () => {
    const count = 50;
    for (let index = 0; index < count; index += 1) {
      client.send(encodeRequest(PRODUCE, 7, index, produceRequest(buildRecordBatch([`${index}`]))));
    }
    for (let index = 0; index < count; index += 1) {
      const frame = await client.nextResponse();
      expect(frame.readInt32BE(0)).toBe(index);
    }
    expect(await fetch(0)).toMatchObject({ errorCode: ErrorCode.NONE, highWatermark: count });
  });

  it('gives a repeated idempotent batch its first offset, also after a restart', async () => {
    const reader = await client.request(INIT_PRODUCER_ID, 1, (writer) =>
      writer.nullableString(null).int32(0),
    );
    reader.int32();
    expect(reader.int16()).toBe(ErrorCode.NONE);
    const producer = { producerId: reader.int64(), producerEpoch: reader.int16() };
    const first = buildRecordBatch(['a', 'b'], { ...producer, baseSequence: 0 });
    const second = buildRecordBatch(['c'], { ...producer, baseSequence: 2 });
    expect(await produce(first)).toEqual({ errorCode: ErrorCode.NONE, baseOffset: 0 });
    expect(await produce(second)).toEqual({ errorCode: ErrorCode.NONE, baseOffset: 2 });
    expect(await produce(first)).toEqual({ errorCode: ErrorCode.NONE, baseOffset: 0 });
    broker = await broker.restart();
    client = await connectClient();
    expect(await produce(second)).toEqual({ errorCode: ErrorCode.NONE, baseOffset: 2 });
    const gap = buildRecordBatch(['e'], { ...producer, baseSequence: 9 });
    expect(await produce(gap)).toMatchObject({ errorCode: ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER });
    expect(await fetch(0)).toMatchObject({ highWatermark: 3 });
  });

  it('refuses a damaged batch and stores nothing of it', async () => {
    const batch = buildRecordBatch(['value']);
    batch[batch.length - 2] = 0xff;
    expect(await produce(batch)).toMatchObject({ errorCode: ErrorCode.CORRUPT_MESSAGE, baseOffset: -1 });
    expect(await fetch(0)).toMatchObject({ highWatermark: 0 });
  });

  it('refuses unknown partitions, unknown acks and transactions, each with its code', async () => {
    const batch = buildRecordBatch(['value']);
    expect(await produce(batch, { partition: 7 })).toMatchObject({
      errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
    });
    expect(await produce(batch, { acks: 2 })).toMatchObject({ errorCode: ErrorCode.INVALID_REQUIRED_ACKS });
    expect(await produce(batch, { transactionalId: 'tx' })).toMatchObject({
      errorCode: ErrorCode.INVALID_REQUEST,
    });
    const reader = await client.request(INIT_PRODUCER_ID, 1, (writer) =>
      writer.nullableString('tx').int32(0),
    );
    reader.int32();
    expect(reader.int16()).toBe(ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
  });

  it('answers acks=0 with nothing, and a failure with the end of the connection', async () => {
    client.send(encodeRequest(PRODUCE, 7, 1, produceRequest(buildRecordBatch(['quiet']), { acks: 0 })));
    // The next answer is the one to the next request.
    expect(await fetch(0)).toMatchObject({ highWatermark: 1 });
    client.send(
      encodeRequest(PRODUCE, 7, 1, produceRequest(buildRecordBatch(['lost']), { acks: 0, partition: 9 })),
    );
    await client.closed();
    expect(broker.broker.counters.closedConnections).toMatchObject({ 'produce-failed': 1 });
  });

  it('tells a consumer past the end, or asking for a session, where it stands', async () => {
    expect(await fetch(5)).toMatchObject({ errorCode: ErrorCode.OFFSET_OUT_OF_RANGE });
    expect(await fetch(0, { sessionId: 3 })).toMatchObject({
      errorCode: ErrorCode.FETCH_SESSION_ID_NOT_FOUND,
      sessionId: 0,
    });
  });

  it('gives the first batch whole even when it is larger than the limit', async () => {
    const batch = buildRecordBatch(['x'.repeat(5_000)]);
    await produce(batch);
    await produce(batch);
    expect(await fetch(0, { maxBytes: 100 })).toMatchObject({ recordBytes: batch.length });
  });

  it('does not wait for more bytes than a limit lets it give', async () => {
    const batch = buildRecordBatch(['x'.repeat(5_000)]);
    await produce(batch);
    await produce(batch);
    const answer = await fetch(0, { maxBytes: 6_000, minBytes: 50_000, maxWaitMs: 600_000 });
    expect(answer).toMatchObject({ recordBytes: batch.length });
  });

  it('waits until enough bytes have come', async () => {
    const consumer = await connectClient();
    const batch = buildRecordBatch(['x'.repeat(1_000)]);
    const waiting = fetch(0, { minBytes: 2_500, maxWaitMs: 600_000 }, consumer);
    for (let index = 0; index < 3; index += 1) await produce(batch);
    expect(await waiting).toMatchObject({ recordBytes: 3 * batch.length, highWatermark: 3 });
  });

  it('gives what has come when waiting for more is over', async () => {
    const consumer = await connectClient();
    const batch = buildRecordBatch(['little']);
    const waiting = fetch(0, { minBytes: 1_000_000, maxWaitMs: 2_000 }, consumer);
    await produce(batch);
    expect(await waiting).toMatchObject({ recordBytes: batch.length, highWatermark: 1 });
  });

  it('leaves no trace of a consumer that goes away while it waits', async () => {
    const consumer = await connectClient();
    const gone = expect(fetch(0, { maxWaitMs: 600_000 }, consumer)).rejects.toThrow();
    await expect.poll(() => broker.broker.counters.requests).toBe(2);
    consumer.destroy();
    await gone;
    await expect.poll(() => broker.broker.counters.openConnections).toBe(1);
    expect(broker.broker.counters.outboundBytes).toBe(0);
    await produce(buildRecordBatch(['after']));
    expect(broker.broker.counters.closedConnections).toEqual({ client: 1 });
  });

  it('keeps offsets committed without a group generation, fenced as soon as the group has members', async () => {
    const commit = async (
      generationId: number,
      memberId: string,
      topic = TOPIC,
    ): Promise<number | undefined> => {
      const reader = await client.request(OFFSET_COMMIT, 5, (writer) => {
        writer.string('wire-group').int32(generationId).string(memberId);
        writer.array([topic], (w, name) => {
          w.string(name).array([0], (p) => p.int32(0).int64(42).nullableString('note'));
        });
      });
      reader.int32();
      const [partitions] = reader.array((r) => {
        r.string();
        return r.array((p) => [p.int32(), p.int16()]);
      });
      return partitions?.[0]?.[1];
    };
    expect(await commit(-1, '')).toBe(ErrorCode.NONE);
    expect(await commit(3, 'stranger')).toBe(ErrorCode.ILLEGAL_GENERATION);
    expect(await commit(-1, '', 'no-such-topic')).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    const member = await connectClient();
    await member.request(JOIN_GROUP, 2, (writer) => {
      writer.string('wire-group').int32(10_000).int32(10_000).string('').string('consumer');
      writer.array(['range'], (w, name) => w.string(name).bytes(Buffer.alloc(0)));
    });
    expect(await commit(-1, '')).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
    const reader = await client.request(OFFSET_FETCH, 4, (writer) => {
      writer.string('wire-group').nullableArray(null, () => undefined);
    });
    reader.int32();
    const offsets = reader.array((r) => [
      r.string(),
      r.array((p) => [p.int32(), p.int64(), p.nullableString(), p.int16()]),
    ]);
    expect(offsets).toEqual([[TOPIC, [[0, 42, 'note', ErrorCode.NONE]]]]);
  });

  it('bounds what group members may make it hold, and what one answer may repeat of it', async () => {
    await broker.close();
    await start({ maxGroupBytes: 1_500_000 });
    const join = async (groupId: string): Promise<number> => {
      const reader = await client.request(JOIN_GROUP, 2, (writer) => {
        writer.string(groupId).int32(10_000).int32(10_000).string('').string('consumer');
        writer.array(['range'], (w, name) => w.string(name).bytes(Buffer.alloc(1_000_000)));
      });
      reader.int32();
      return reader.int16();
    };
    expect(await join('large')).toBe(ErrorCode.NONE);
    expect(await join('larger')).toBe(ErrorCode.POLICY_VIOLATION);
    const greedy = await connectClient();
    const groupIds = Array.from({ length: 100 }, () => 'large');
    greedy.send(
      encodeRequest(DESCRIBE_GROUPS, 0, 1, (writer) =>
        writer.array(groupIds, (w, groupId) => w.string(groupId)),
      ),
    );
    await greedy.closed();
    expect(broker.broker.counters.closedConnections).toMatchObject({ 'response-too-large': 1 });
  });
});
