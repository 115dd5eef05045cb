import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RawClient } from '../../support/broker/raw-client.js';
import { startTestBroker, type TestBroker } from '../../support/embedded-broker.js';

const incrementalAlterConfigsKey = 44;
const describeConfigsKey = 32;
const createTopicsKey = 19;
const topicResource = 2;
const brokerResource = 4;
const SET = 0;
const DELETE = 1;
const APPEND = 2;

interface Change {
  readonly name: string;
  readonly operation: number;
  readonly value: string | null;
}

describe('changing some settings of a topic', () => {
  let broker: TestBroker;
  let client: RawClient;

  beforeAll(async () => {
    broker = await startTestBroker();
    client = await RawClient.connect(Number(broker.brokers[0]?.split(':')[1]));
    await client.request(createTopicsKey, 1, (writer) => {
      writer.array(['events'], (topics, name) => {
        topics.string(name).int32(1).int16(1);
        topics
          .array([], () => undefined)
          .array(['60000'], (configs, retentionMs) => {
            configs.string('retention.ms').nullableString(retentionMs);
          });
      });
      writer.int32(5_000).boolean(false);
    });
  });
  afterAll(async () => {
    client?.destroy();
    await broker?.close();
  });

  /** The error code of each resource. */
  async function change(
    resources: readonly {
      readonly type: number;
      readonly name: string;
      readonly changes: readonly Change[];
    }[],
    validateOnly = false,
  ): Promise<number[]> {
    const answer = await client.request(
      incrementalAlterConfigsKey,
      1,
      (writer) => {
        writer.array(resources, (w, { type, name, changes }) => {
          w.int8(type).string(name);
          w.array(changes, (c, { name: setting, operation, value }) => {
            c.string(setting).int8(operation).nullableString(value).tags();
          });
          w.tags();
        });
        writer.boolean(validateOnly).tags();
      },
      { flexible: true },
    );
    answer.int32();
    return answer.array((r) => {
      const errorCode = r.int16();
      r.nullableString();
      r.int8();
      r.string();
      r.skipTags();
      return errorCode;
    });
  }

  async function settings(): Promise<Record<string, string | null>> {
    const answer = await client.request(describeConfigsKey, 0, (writer) => {
      writer.array(['events'], (w, name) => {
        w.int8(topicResource).string(name);
        w.nullableArray(['retention.ms', 'segment.bytes'], (keys, key) => keys.string(key));
      });
    });
    answer.int32();
    const [values] = answer.array((r) => {
      r.int16();
      r.nullableString();
      r.int8();
      r.string();
      return r.array((e) => {
        const entry = [e.string(), e.nullableString()] as const;
        e.boolean();
        e.boolean();
        e.boolean();
        return entry;
      });
    });
    return Object.fromEntries(values ?? []);
  }

  it('sets what is named and leaves the rest, resource by resource', async () => {
    const outcome = await change([
      { type: topicResource, name: 'events', changes: [set('segment.bytes', '2097152')] },
      { type: topicResource, name: 'nowhere', changes: [set('segment.bytes', '2097152')] },
      { type: brokerResource, name: '1', changes: [] },
    ]);
    // UNKNOWN_TOPIC_OR_PARTITION, INVALID_REQUEST.
    expect(outcome).toEqual([0, 3, 42]);
    expect(await settings()).toEqual({ 'retention.ms': '60000', 'segment.bytes': '2097152' });
  });

  it('takes a setting away, and changes nothing when it is only asked whether it would', async () => {
    const removal = [{ type: topicResource, name: 'events', changes: [remove('retention.ms')] }];
    expect(await change(removal, true)).toEqual([0]);
    expect((await settings())['retention.ms']).toBe('60000');
    expect(await change(removal)).toEqual([0]);
    expect((await settings())['retention.ms']).not.toBe('60000');
  });

  it('refuses what is no list to append to, and the other changes with it', async () => {
    const changes = [
      set('segment.bytes', '4194304'),
      { name: 'retention.ms', operation: APPEND, value: '1' },
    ];
    const before = await settings();
    // INVALID_CONFIG.
    expect(await change([{ type: topicResource, name: 'events', changes }])).toEqual([40]);
    expect(await settings()).toEqual(before);
  });
});

function set(name: string, value: string): Change {
  return { name, operation: SET, value };
}

function remove(name: string): Change {
  return { name, operation: DELETE, value: null };
}
