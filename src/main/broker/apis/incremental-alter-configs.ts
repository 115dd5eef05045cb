import { BrokerLogError } from '../log/broker-log-error.js';
import { defineApi } from './api.js';
import {
  type ConfigRequest,
  type ConfigResponse,
  changeConfigs,
  decodeConfigRequest,
  encodeConfigResponse,
} from './config-changes.js';

interface SettingChange {
  readonly name: string;
  readonly operation: number;
  readonly value: string | null;
}

const SET = 0;
const DELETE = 1;

/**
 * IncrementalAlterConfigs (key 44), versions 0-1 (KIP-339).
 *
 * Behaviour: changes the settings of a topic that the request names, and no others.
 * Deviations: topics only; APPEND and SUBTRACT are refused (no setting is a list); `validateOnly` checks the topic and not the values.
 */
export const incrementalAlterConfigs = defineApi<ConfigRequest<SettingChange>, ConfigResponse>({
  key: 44,
  name: 'IncrementalAlterConfigs',
  minVersion: 0,
  maxVersion: 1,
  firstFlexibleVersion: 1,
  decode: (reader) =>
    decodeConfigRequest(reader, (entry) => ({
      name: entry.string(),
      operation: entry.int8(),
      value: entry.nullableString(),
    })),
  handle: ({ broker }, request) =>
    changeConfigs(broker, request, (_topic, changes) =>
      Object.fromEntries(changes.map((change) => [change.name, valueAfter(change)])),
    ),
  encode: (writer, _version, response) => encodeConfigResponse(writer, response),
});

/** Null takes the topic's own value away. */
function valueAfter({ name, operation, value }: SettingChange): string | null {
  if (operation === DELETE) return null;
  if (operation === SET) return value;
  const message = `${name} is not a list: it can be set or deleted, not appended to or subtracted from`;
  throw new BrokerLogError('INVALID_CONFIG', message);
}
