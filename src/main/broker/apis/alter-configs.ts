import { defineApi } from './api.js';
import {
  type ConfigRequest,
  type ConfigResponse,
  changeConfigs,
  decodeConfigRequest,
  encodeConfigResponse,
} from './config-changes.js';

interface Setting {
  readonly name: string;
  readonly value: string | null;
}

/**
 * AlterConfigs (key 33), versions 0-2.
 *
 * Behaviour: replaces all settings of a topic: what the request does not name goes back to its default.
 * Deviations: topics only; `validateOnly` checks the topic and not the values.
 */
export const alterConfigs = defineApi<ConfigRequest<Setting>, ConfigResponse>({
  key: 33,
  name: 'AlterConfigs',
  minVersion: 0,
  maxVersion: 2,
  firstFlexibleVersion: 2,
  decode: (reader) =>
    decodeConfigRequest(reader, (entry) => ({ name: entry.string(), value: entry.nullableString() })),
  handle: ({ broker }, request) =>
    changeConfigs(broker, request, (topic, settings) => {
      const changes: Record<string, string | null> = {};
      for (const current of broker.topics.describeConfig(topic)) {
        if (!current.isDefault && !current.readOnly) changes[current.name] = null;
      }
      for (const { name, value } of settings) changes[name] = value;
      return changes;
    }),
  encode: (writer, _version, response) => encodeConfigResponse(writer, response),
});
