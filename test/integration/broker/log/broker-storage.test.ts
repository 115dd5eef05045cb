import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BrokerStorage, type BrokerStorageOptions } from '../../../../src/main/broker/log/broker-storage.js';
import type { CommittedOffset } from '../../../../src/main/broker/log/offset-store.js';
import { decodeCheckedJson } from '../../../../src/main/storage/checked-json.js';
import type { StorageEvent } from '../../../../src/main/storage/storage-event.js';
import { buildRecordBatch } from '../../../support/broker/record-batch-builder.js';
import { createFaultyFileSystem } from '../../../support/faulty-file-system.js';

describe('a broker’s storage', () => {
  let dataDirectory: string;
  let events: StorageEvent[];
  const opened: BrokerStorage[] = [];

  beforeEach(async () => {
    dataDirectory = await mkdtemp(join(tmpdir(), 'resonance-storage-'));
    events = [];
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((storage) => storage.close()));
    await rm(dataDirectory, { recursive: true, force: true });
  });

  async function open(options: Partial<BrokerStorageOptions> = {}): Promise<BrokerStorage> {
    const storage = await BrokerStorage.open({
      dataDirectory,
      onEvent: (event) => events.push(event),
      ...options,
    });
    opened.push(storage);
    return storage;
  }

  async function reopen(storage: BrokerStorage): Promise<BrokerStorage> {
    await storage.close();
    return await open();
  }

  const committed = (topic: string, partition: number, offset: number): CommittedOffset => ({
    topic,
    partition,
    offset,
    leaderEpoch: -1,
    metadata: '',
    commitTimestampMs: 1,
  });

  it('gives topics without settings of their own the broker’s, also those of earlier runs', async () => {
    const first = await open();
    await first.topics.createTopic('plain', 1);
    await first.topics.createTopic('own', 1, { 'retention.ms': '60000' });
    await first.close();
    const second = await open({ topicDefaults: { 'retention.ms': '120000', 'retention.bytes': '1048576' } });
    expect(second.topics.get('plain')?.config).toMatchObject({
      retentionMs: 120_000,
      retentionBytes: 1_048_576,
    });
    expect(second.topics.get('own')?.config).toMatchObject({
      retentionMs: 60_000,
      retentionBytes: 1_048_576,
    });
  });

  it('is open once at a time', async () => {
    const storage = await open();
    await expect(open()).rejects.toMatchObject({ code: 'STORAGE_LOCKED' });
    await reopen(storage);
    expect(events).toEqual([]);
  });

  it('keeps its cluster id and never gives a producer id twice', async () => {
    let storage = await open();
    const { clusterId } = storage;
    expect(clusterId).toMatch(/^[\w-]{22}$/);
    const given = await Promise.all(Array.from({ length: 2_500 }, () => storage.allocateProducerId()));
    storage = await reopen(storage);
    expect(storage.clusterId).toBe(clusterId);
    given.push(await storage.allocateProducerId());
    await storage.close();
    await writeFile(join(dataDirectory, 'broker.json'), '');
    storage = await open();
    given.push(await storage.allocateProducerId());
    expect(new Set(given).size).toBe(given.length);
    expect(events.map(({ kind }) => kind)).toEqual(['damage-found']);
  });

  it('keeps topics, their partitions and settings over a restart', async () => {
    let storage = await open();
    let changes = 0;
    storage.topics.onChange(() => changes++);
    await storage.topics.createTopic('b', 2, { 'retention.ms': '1000' });
    await storage.topics.createTopic('a', 1);
    await storage.topics.addPartitions('b', 3);
    await storage.topics.alterConfig('b', { 'retention.ms': null, 'segment.bytes': '2048' });
    expect(changes).toBe(4);
    await storage.topics.partition('b', 2)?.append(buildRecordBatch(['here']));
    storage = await reopen(storage);
    expect(storage.topics.list().map(({ name, partitions }) => [name, partitions.length])).toEqual([
      ['a', 1],
      ['b', 3],
    ]);
    expect(storage.topics.partition('b', 2)?.highWatermark).toBe(1);
    expect(storage.topics.get('b')?.config).toMatchObject({ retentionMs: 604_800_000, segmentBytes: 2048 });
    expect(storage.topics.describeConfig('b').filter(({ isDefault }) => !isDefault)).toEqual([
      { name: 'segment.bytes', value: '2048', isDefault: false, readOnly: false },
    ]);
  });

  it('refuses topics as Apache Kafka does', async () => {
    const { topics } = await open();
    await topics.createTopic('exists.already', 1);
    const refusals: [Promise<unknown>, string][] = [
      [topics.createTopic('exists.already', 1), 'TOPIC_ALREADY_EXISTS'],
      [topics.createTopic('exists_already', 1), 'INVALID_TOPIC_EXCEPTION'],
      [topics.createTopic('..', 1), 'INVALID_TOPIC_EXCEPTION'],
      [topics.createTopic('with space', 1), 'INVALID_TOPIC_EXCEPTION'],
      [topics.createTopic('x'.repeat(250), 1), 'INVALID_TOPIC_EXCEPTION'],
      [topics.createTopic('none', 0), 'INVALID_PARTITIONS'],
      [topics.createTopic('many', 1_001), 'INVALID_PARTITIONS'],
      [topics.createTopic('compacted', 1, { 'cleanup.policy': 'compact' }), 'INVALID_CONFIG'],
      [topics.addPartitions('exists.already', 1), 'INVALID_PARTITIONS'],
      [topics.addPartitions('unknown', 2), 'UNKNOWN_TOPIC_OR_PARTITION'],
      [topics.alterConfig('exists.already', { 'segment.bytes': 'many' }), 'INVALID_CONFIG'],
      [topics.deleteTopic('unknown'), 'UNKNOWN_TOPIC_OR_PARTITION'],
    ];
    for (const [refusal, code] of refusals) await expect(refusal).rejects.toMatchObject({ code });
    expect(topics.list()).toHaveLength(1);
  });

  it('deletes a topic for good; one of the same name begins anew, whatever a crash has left of the old one', async () => {
    let storage = await open();
    const { partitions } = await storage.topics.createTopic('again', 1);
    await partitions[0]?.append(buildRecordBatch(['old']));
    const woken = new Promise<void>((resolve) => partitions[0]?.onAppend(resolve));
    await storage.topics.deleteTopic('again');
    await woken;
    await expect(partitions[0]?.append(buildRecordBatch(['late']))).rejects.toMatchObject({
      code: 'UNKNOWN_TOPIC_OR_PARTITION',
    });
    await storage.topics.createTopic('again', 1);
    const topicsDirectory = join(dataDirectory, 'topics');
    await writeFile(join(topicsDirectory, 'half-deleted.deleted'), '');
    storage = await reopen(storage);
    expect(storage.topics.partition('again', 0)?.highWatermark).toBe(0);
    expect(await readdir(topicsDirectory)).toHaveLength(1);
  });

  it('opens a topic whose record is damaged, with its records and without retention', async () => {
    let storage = await open();
    const { partitions } = await storage.topics.createTopic('resonance.state.sync', 2, {
      'retention.ms': '5',
    });
    await partitions[1]?.append(buildRecordBatch(['kept']));
    await storage.close();
    const [folder = ''] = await readdir(join(dataDirectory, 'topics'));
    await truncate(join(dataDirectory, 'topics', folder, 'topic.json'), 10);
    storage = await open();
    expect(storage.topics.get('resonance.state.sync')).toMatchObject({ config: { retentionMs: -1 } });
    expect(storage.topics.partition('resonance.state.sync', 1)?.highWatermark).toBe(1);
    expect(events.map(({ kind }) => kind)).toEqual(['damage-found']);
  });

  it('keeps names apart that differ in case only, and very long ones', async () => {
    let storage = await open();
    const names = ['Case', 'case', 'x'.repeat(249), `${'x'.repeat(248)}y`, 'con', 'ends.'];
    for (const name of names) await storage.topics.createTopic(name, 1);
    storage = await reopen(storage);
    expect(storage.topics.list().map(({ name }) => name)).toEqual([...names].sort());
  });

  it('keeps committed offsets until they are deleted', async () => {
    let storage = await open();
    await storage.offsets.commit('one', [committed('a', 0, 5), committed('a', 1, 6)]);
    await storage.offsets.commit('group two', [committed('a', 0, 7), committed('b', 0, 8)]);
    await storage.offsets.commit('one', [committed('a', 0, 9)]);
    storage = await reopen(storage);
    expect(storage.offsets.groups().sort()).toEqual(['group two', 'one']);
    expect(storage.offsets.get('one', 'a', 0)?.offset).toBe(9);
    expect(storage.offsets.list('group two').map(({ offset }) => offset)).toEqual([7, 8]);
    await storage.offsets.deleteTopic('a');
    await storage.offsets.deleteOffsets('group two', [{ topic: 'never', partition: 0 }]);
    expect(storage.offsets.groups()).toEqual(['group two']);
    await storage.offsets.deleteGroup('group two');
    storage = await reopen(storage);
    expect(storage.offsets.groups()).toEqual([]);
  });

  it('applies retention by its clock', async () => {
    let due: (() => void) | undefined;
    let nowMs = Date.now();
    let isStopped = false;
    const storage = await open({
      clock: {
        wallMs: () => nowMs,
        every(intervalMs, action) {
          expect(intervalMs).toBeGreaterThanOrEqual(60_000);
          due = action;
          return () => {
            isStopped = true;
          };
        },
      },
    });
    const { partitions } = await storage.topics.createTopic('short', 1, { 'retention.ms': '1000' });
    await partitions[0]?.append(buildRecordBatch(['soon gone']));
    nowMs += 60_000;
    due?.();
    await storage.close();
    expect(isStopped).toBe(true);
    expect(partitions[0]?.logStartOffset).toBe(1);
  });

  it('holds few files open, however many partitions are written to', async () => {
    const fileSystem = createFaultyFileSystem();
    const storage = await open({ fileSystem });
    const { partitions } = await storage.topics.createTopic('wide', 200);
    await Promise.all(partitions.map((partition) => partition.append(buildRecordBatch(['value']))));
    expect(fileSystem.openFiles).toBeLessThanOrEqual(64);
    expect(fileSystem.mostOpenFiles).toBeLessThan(100);
  });

  it('lets the folder go when it can’t be opened', async () => {
    const fileSystem = createFaultyFileSystem();
    fileSystem.fail('rename', 'EIO');
    await expect(open({ fileSystem })).rejects.toMatchObject({ code: 'STORAGE_IO' });
    await open();
    expect(decodeCheckedJson(await readFile(join(dataDirectory, 'broker.json')))).toMatchObject({
      nextProducerId: 0,
    });
  });
});
