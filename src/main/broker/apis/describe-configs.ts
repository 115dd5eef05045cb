import type { TopicConfigEntry } from '../log/topic-config.js';
import { ErrorCode } from '../protocol/error-code.js';
import { type BrokerServices, defineApi } from './api.js';
import {
  BROKER_RESOURCE,
  type ConfigResource,
  DEFAULT_CONFIG_SOURCE,
  STATIC_BROKER_CONFIG_SOURCE,
  TOPIC_CONFIG_SOURCE,
  TOPIC_RESOURCE,
} from './config-resource.js';
import { toWireError } from './wire-error.js';

interface ResourceQuery extends ConfigResource {
  /** Null asks for every setting. */
  readonly keys: readonly string[] | null;
}

interface ResourceAnswer extends ConfigResource {
  readonly errorCode: ErrorCode;
  readonly errorMessage: string | null;
  readonly entries: readonly TopicConfigEntry[];
}

const UNKNOWN_TYPE = 0;

/**
 * DescribeConfigs (key 32), versions 0-4.
 *
 * Behaviour: the settings of topics and, read-only, the few of the broker that mean the same as Apache Kafka's.
 * Deviations: no synonyms, no documentation, types unknown; resources other than topics and this broker: INVALID_REQUEST.
 */
export const describeConfigs = defineApi<
  { readonly resources: readonly ResourceQuery[] },
  { readonly resources: readonly ResourceAnswer[] }
>({
  key: 32,
  name: 'DescribeConfigs',
  minVersion: 0,
  maxVersion: 4,
  firstFlexibleVersion: 4,
  decode: (reader, version) => {
    const resources = reader.array((r) => {
      const resource = { type: r.int8(), name: r.string(), keys: r.nullableArray((k) => k.string()) };
      r.skipTags();
      return resource;
    });
    if (version >= 1) reader.boolean();
    if (version >= 3) reader.boolean();
    reader.skipTags();
    return { resources };
  },
  handle: ({ broker }, { resources }) => ({ resources: resources.map((query) => answer(broker, query)) }),
  encode: (writer, version, { resources }) => {
    writer.int32(0);
    writer.array(resources, (w, resource) => {
      w.int16(resource.errorCode).nullableString(resource.errorMessage);
      w.int8(resource.type).string(resource.name);
      w.array(resource.entries, (e, entry) => {
        e.string(entry.name).nullableString(entry.value).boolean(entry.readOnly);
        const setSource =
          resource.type === TOPIC_RESOURCE ? TOPIC_CONFIG_SOURCE : STATIC_BROKER_CONFIG_SOURCE;
        if (version === 0) e.boolean(entry.isDefault);
        else e.int8(entry.isDefault ? DEFAULT_CONFIG_SOURCE : setSource);
        e.boolean(false);
        if (version >= 1) e.array([], () => undefined);
        if (version >= 3) e.int8(UNKNOWN_TYPE).nullableString(null);
        e.tags();
      });
      w.tags();
    });
    writer.tags();
  },
});

function answer(broker: BrokerServices, { type, name, keys }: ResourceQuery): ResourceAnswer {
  const reply = (entries: readonly TopicConfigEntry[]): ResourceAnswer => ({
    type,
    name,
    errorCode: ErrorCode.NONE,
    errorMessage: null,
    entries: entries.filter((entry) => keys === null || keys.includes(entry.name)),
  });
  if (type === BROKER_RESOURCE && name === String(broker.advertised.nodeId))
    return reply(brokerEntries(broker));
  if (type !== TOPIC_RESOURCE) {
    const errorMessage = `Only topics and broker ${broker.advertised.nodeId} have settings to describe`;
    return { type, name, errorCode: ErrorCode.INVALID_REQUEST, errorMessage, entries: [] };
  }
  try {
    return reply(broker.topics.describeConfig(name));
  } catch (error) {
    return { type, name, ...toWireError(error), entries: [] };
  }
}

function brokerEntries({ settings, advertised }: BrokerServices): TopicConfigEntry[] {
  const values: Record<string, number | boolean> = {
    'broker.id': advertised.nodeId,
    'auto.create.topics.enable': settings.autoCreateTopics,
    'num.partitions': settings.defaultPartitions,
    'default.replication.factor': 1,
    'group.initial.rebalance.delay.ms': settings.initialRebalanceDelayMs,
    'group.min.session.timeout.ms': settings.minSessionTimeoutMs,
    'group.max.session.timeout.ms': settings.maxSessionTimeoutMs,
    'socket.request.max.bytes': settings.maxRequestBytes,
    'fetch.max.bytes': settings.maxFetchBytes,
  };
  return Object.entries(values).map(([name, value]) => ({
    name,
    value: String(value),
    isDefault: false,
    readOnly: true,
  }));
}
