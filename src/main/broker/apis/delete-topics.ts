import { ErrorCode } from '../protocol/error-code.js';
import { type BrokerServices, defineApi } from './api.js';
import { toWireError } from './wire-error.js';

interface TopicOutcome {
  readonly name: string;
  readonly errorCode: ErrorCode;
  readonly errorMessage: string | null;
}

/**
 * DeleteTopics (key 20), versions 0-5.
 *
 * Behaviour: deletes topics with their data, durably, and forgets what groups committed for them.
 * Deviations: none known (topic ids, version 6, are not served).
 */
export const deleteTopics = defineApi<
  { readonly names: readonly string[] },
  { readonly topics: readonly TopicOutcome[] }
>({
  key: 20,
  name: 'DeleteTopics',
  minVersion: 0,
  maxVersion: 5,
  firstFlexibleVersion: 4,
  decode: (reader) => {
    const names = reader.array((r) => r.string());
    reader.int32();
    reader.skipTags();
    return { names };
  },
  handle: async ({ broker }, { names }) => {
    const topics: TopicOutcome[] = [];
    for (const name of names) topics.push(await deleteTopic(broker, name));
    return { topics };
  },
  encode: (writer, version, { topics }) => {
    if (version >= 1) writer.int32(0);
    writer.array(topics, (w, topic) => {
      w.string(topic.name).int16(topic.errorCode);
      if (version >= 5) w.nullableString(topic.errorMessage);
      w.tags();
    });
    writer.tags();
  },
});

async function deleteTopic({ topics, offsets, logger }: BrokerServices, name: string): Promise<TopicOutcome> {
  try {
    await topics.deleteTopic(name);
    await offsets.deleteTopic(name);
    logger.info('Deleted a topic', { topic: name });
    return { name, errorCode: ErrorCode.NONE, errorMessage: null };
  } catch (error) {
    return { name, ...toWireError(error) };
  }
}
