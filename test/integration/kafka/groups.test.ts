import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GroupAdmin } from '../../../src/main/kafka/group-admin.js';
import { GroupCoordinator } from '../../../src/main/kafka/group-coordinator.js';
import { createKafka } from '../../../src/main/kafka/kafka-client.js';
import { GroupDesk, type GroupDeskOptions } from '../../../src/main/pipeline/group-desk.js';
import type { OffsetTarget, ResetRow, ResetScope } from '../../../src/shared/consumer-groups.js';
import { brokerProviders, type TestBroker } from '../../support/brokers.js';
import { KafkaFixture } from '../../support/kafka-fixture.js';
import { silentLogger } from '../../support/silent-logger.js';

const hourMs = 3_600_000;
const startMs = Date.UTC(2026, 0, 13);

describe.each(brokerProviders())('consumer groups on $name', ({ start }) => {
  let broker: TestBroker;
  let fixture: KafkaFixture;
  let dataDirectory: string;
  let desks: GroupDesk[];
  /** Looks at what the others have done. */
  let reader: GroupDesk | undefined;

  beforeAll(async () => {
    broker = await start();
  }, 120_000);
  afterAll(() => broker?.close());

  beforeEach(async () => {
    fixture = new KafkaFixture(broker.brokers);
    dataDirectory = await mkdtemp(join(tmpdir(), 'resonance-groups-'));
    desks = [];
    reader = undefined;
  });
  afterEach(async () => {
    await Promise.all(desks.map((desk) => desk.close()));
    await fixture.close();
    await rm(dataDirectory, { recursive: true, force: true });
  });

  function parts(readOnly = false) {
    return { ...fixture.parts, connection: { ...fixture.connection, readOnly } };
  }

  function desk(options: Partial<GroupDeskOptions> = {}): GroupDesk {
    const readOnly = options.readOnly ?? false;
    const created = new GroupDesk({
      admin: new GroupAdmin(parts(readOnly)),
      dataDirectory,
      clock: fixture.clock,
      logger: silentLogger,
      readOnly,
      own: null,
      ...options,
    });
    desks.push(created);
    return created;
  }

  function coordinator(): GroupCoordinator {
    return new GroupCoordinator(fixture.parts);
  }

  /** Records of one hour after the other, so many in each partition. */
  async function fill(topic: string, counts: readonly number[]): Promise<void> {
    await fixture.admin.createTopic(topic, { partitions: counts.length });
    const { kafka, sockets } = createKafka(fixture.connection, silentLogger);
    const producer = kafka.producer();
    await producer.connect();
    const messages = counts.flatMap((count, partition) =>
      Array.from({ length: count }, (_, index) => ({
        partition,
        timestamp: String(startMs + index * hourMs),
        value: JSON.stringify({ type: 'heartbeat', anchor: `${partition}/${index}` }),
      })),
    );
    await producer.send({ topic, messages });
    await producer.disconnect();
    sockets.close();
  }

  /** A group that has read some of a topic with three partitions, and is gone: 4 of 10, 5 of 5, nothing of 3. */
  async function readGroup(): Promise<void> {
    await fill(fixture.topics.inbound, [10, 5, 3]);
    await coordinator().change(fixture.groupId, [
      { topic: fixture.topics.inbound, partition: 0, offset: '4' },
      { topic: fixture.topics.inbound, partition: 1, offset: '5' },
    ]);
  }

  function reset(target: OffsetTarget, scope: ResetScope = []) {
    return { groupId: fixture.groupId, target, scope };
  }

  const offsets = (rows: readonly ResetRow[]) => rows.map(({ before, after }) => [before, after]);

  async function committed(): Promise<(string | null)[]> {
    reader ??= desk();
    const { partitions } = await reader.describe(fixture.groupId);
    return partitions.map(({ committedOffset }) => committedOffset);
  }

  it('are listed with their state, members and lag', async () => {
    await readGroup();
    const listed = (await desk().list()).find(({ groupId }) => groupId === fixture.groupId);
    expect(listed).toEqual({
      groupId: fixture.groupId,
      state: 'Empty',
      memberCount: 0,
      topics: [fixture.topics.inbound],
      lag: 6,
      isOwn: false,
      isTap: false,
    });
  });

  it('are described with each member’s partitions, and the lag of each partition', async () => {
    await fill(fixture.topics.inbound, [10, 5, 3]);
    const consumer = fixture.consumer({ topics: [fixture.topics.inbound] });
    await consumer.start();
    await fixture.received(18);
    for (const [partition, offset] of ['10', '5', '3'].entries()) {
      while ((await committed())[partition] !== offset);
    }
    const detail = await desk({
      own: { groupId: fixture.groupId, memberId: () => consumer.memberId, whileOutside: (work) => work() },
    }).describe(fixture.groupId);
    expect(detail).toMatchObject({ state: 'Stable', isOwn: true, snapshots: [] });
    expect(detail.members).toEqual([
      {
        memberId: expect.stringContaining('test'),
        clientId: 'test',
        host: expect.stringMatching(/127\.0\.0\.1|::1/),
        isThisNode: true,
        assignment: [{ topic: fixture.topics.inbound, partitions: [0, 1, 2] }],
      },
    ]);
    expect(detail.partitions.map(({ partition, lag, memberId }) => [partition, lag, memberId])).toEqual(
      [0, 1, 2].map((partition) => [partition, 0, detail.members[0]?.memberId]),
    );
  });

  it.each<[string, OffsetTarget, [string | null, string | null][]]>([
    [
      'earliest',
      { kind: 'earliest' },
      [
        ['4', '0'],
        ['5', '0'],
        [null, '0'],
      ],
    ],
    [
      'latest',
      { kind: 'latest' },
      [
        ['4', '10'],
        ['5', '5'],
        [null, '3'],
      ],
    ],
    [
      'a time',
      { kind: 'time', atMs: startMs + 4 * hourMs - 1 },
      [
        ['4', '4'],
        ['5', '4'],
        [null, '3'],
      ],
    ],
    [
      'a shift',
      { kind: 'shift', by: -3 },
      [
        ['4', '1'],
        ['5', '2'],
        [null, null],
      ],
    ],
    [
      'an exact offset',
      { kind: 'offset', offset: '2' },
      [
        ['4', '2'],
        ['5', '2'],
        [null, '2'],
      ],
    ],
  ])('are reset to %s as the preview said, and back', async (_name, target, expected) => {
    await readGroup();
    const first = desk();
    const plan = await first.previewReset(reset(target));
    expect(offsets(plan.rows)).toEqual(expected);
    expect(plan).toMatchObject({ state: 'Empty', blockedBy: [] });
    expect(await committed(), 'a preview changes nothing').toEqual(['4', '5', null]);
    const outcome = await first.apply(plan.id);
    expect(offsets(outcome.rows)).toEqual(expected);
    expect(await committed()).toEqual(expected.map(([, after]) => after));
    // As after a restart: what can be undone is on disk.
    const second = desk();
    const undo = await second.previewLastUndo(fixture.groupId);
    expect(undo.rows.every(({ note }) => note === null)).toBe(true);
    await second.apply(undo.id);
    expect(await committed()).toEqual(['4', '5', null]);
  });

  it('are reset in one topic, or some of its partitions, alone', async () => {
    await readGroup();
    const { inbound, outbound } = fixture.topics;
    await fill(outbound, [2]);
    const first = desk();
    const some = await first.previewReset(reset({ kind: 'latest' }, [{ topic: inbound, partitions: [0] }]));
    expect(offsets(some.rows)).toEqual([['4', '10']]);
    // A topic that the group has not read yet.
    const other = await first.previewReset(
      reset({ kind: 'latest' }, [{ topic: outbound, partitions: null }]),
    );
    expect(other.rows).toMatchObject([{ topic: outbound, before: null, after: '2' }]);
    // Named twice is named once.
    const overlap = [
      { topic: inbound, partitions: [0, 1] },
      { topic: inbound, partitions: [1] },
    ];
    expect((await first.previewReset(reset({ kind: 'latest' }, overlap))).rows).toHaveLength(2);
    await first.apply(some.id);
    await first.apply(other.id);
    expect(await committed()).toEqual(['10', '5', null, '2']);
    await expect(
      first.previewReset(reset({ kind: 'latest' }, [{ topic: inbound, partitions: [7] }])),
    ).rejects.toMatchObject({
      code: 'KAFKA_TOPIC_UNKNOWN',
      message: expect.stringContaining(`${inbound}/7`),
    });
  });

  it('are refused while somebody is in them, and nothing is left to undo', async () => {
    await readGroup();
    const plan = await desk().previewReset(reset({ kind: 'earliest' }));
    const consumer = fixture.consumer({ topics: [fixture.topics.inbound] });
    await consumer.start();
    const first = desk();
    const blocked = await first.previewReset(reset({ kind: 'earliest' }));
    expect(blocked).toMatchObject({ canPauseOwn: false, blockedBy: [{ clientId: 'test' }] });
    await expect(first.apply(blocked.id)).rejects.toMatchObject({
      code: 'KAFKA_GROUP_NOT_EMPTY',
      message: expect.stringContaining('test at '),
    });
    await expect(first.apply(plan.id), 'a plan of another desk').rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    expect((await first.describe(fixture.groupId)).snapshots).toEqual([]);
  });

  it('are refused by the broker itself when somebody joined after the last look', async () => {
    await readGroup();
    await fixture.consumer({ topics: [fixture.topics.inbound] }).start();
    const { inbound } = fixture.topics;
    for (const offset of ['0', null]) {
      await expect(
        coordinator().change(fixture.groupId, [{ topic: inbound, partition: 0, offset }]),
      ).rejects.toMatchObject({ code: 'KAFKA_GROUP_NOT_EMPTY', retriable: true });
    }
  });

  it('are not changed when they moved on after the preview', async () => {
    await readGroup();
    const first = desk();
    const plan = await first.previewReset(reset({ kind: 'earliest' }));
    await coordinator().change(fixture.groupId, [
      { topic: fixture.topics.inbound, partition: 0, offset: '7' },
    ]);
    await expect(first.apply(plan.id)).rejects.toMatchObject({ code: 'KAFKA_OFFSETS_CHANGED' });
    expect(await committed()).toEqual(['7', '5', null]);
    expect(await readdir(dataDirectory)).toEqual([]);
  });

  it('are not changed when what they had cannot be kept', async () => {
    await readGroup();
    // No folder can be made where a file is.
    await writeFile(join(dataDirectory, 'group-snapshots'), '');
    const first = desk();
    const plan = await first.previewReset(reset({ kind: 'earliest' }));
    await expect(first.apply(plan.id)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    await rm(join(dataDirectory, 'group-snapshots'));
    expect(await committed()).toEqual(['4', '5', null]);
  });

  it('are looked at and not changed on a cluster that is only watched', async () => {
    await readGroup();
    const watching = desk({ readOnly: true });
    const plan = await watching.previewReset(reset({ kind: 'earliest' }));
    expect(plan.rows).toHaveLength(3);
    await expect(watching.apply(plan.id)).rejects.toMatchObject({ code: 'PROFILE_READ_ONLY' });
    // And below: neither the admin nor the socket lets it through.
    const changes = [{ topic: fixture.topics.inbound, partition: 0, offset: '0' }];
    const admin = new GroupAdmin(parts(true));
    await expect(admin.changeOffsets(fixture.groupId, changes)).rejects.toMatchObject({
      code: 'PROFILE_READ_ONLY',
    });
    await admin.close();
    await expect(new GroupCoordinator(parts(true)).change(fixture.groupId, changes)).rejects.toThrow();
    expect(await committed()).toEqual(['4', '5', null]);
  });

  it('are reset while this node reads in them: it steps out for the change, and reads again from there', async () => {
    await fill(fixture.topics.inbound, [10]);
    const consumer = fixture.consumer({ topics: [fixture.topics.inbound] });
    await consumer.start();
    await fixture.received(10);
    const own = {
      groupId: fixture.groupId,
      memberId: () => consumer.memberId,
      whileOutside: <T>(work: () => Promise<T>) => consumer.whileOutside(work),
    };
    const first = desk({ own });
    const plan = await first.previewReset(reset({ kind: 'offset', offset: '7' }));
    expect(plan.canPauseOwn).toBe(true);
    const outcome = await first.apply(plan.id, true);
    expect(outcome.rows).toMatchObject([{ before: '10', after: '7' }]);
    const again = (await fixture.received(13)).slice(10);
    expect(again.map(({ kafka }) => kafka?.offset)).toEqual(['7', '8', '9']);
  });

  it('stay as they were when the change fails while this node has stepped out, and it reads on', async () => {
    await fill(fixture.topics.inbound, [10]);
    const consumer = fixture.consumer({ topics: [fixture.topics.inbound] });
    await consumer.start();
    await fixture.received(10);
    const failing = consumer.whileOutside(() => Promise.reject(new Error('not this time')));
    await expect(failing).rejects.toThrow('not this time');
    await fixture.produceRaw(fixture.topics.inbound, [Buffer.from('{"type":"heartbeat","anchor":"NEXT"}')]);
    const envelopes = await fixture.received(11);
    expect(envelopes.at(-1)?.message.anchor).toBe('NEXT');
    expect(fixture.envelopes).toHaveLength(11);
  });
});
