import { ErrorCode } from '../protocol/error-code.js';
import { encodeConfigOutcomes } from './alter-configs.js';
import { type BrokerServices, defineApi } from './api.js';
import { type ConfigOutcome, type ConfigResource, refuseUnlessTopic } from './config-resource.js';
import { toWireError } from './wire-error.js';

interface ResourceChanges extends ConfigResource {
  readonly entries: readonly {
    readonly name: string;
    readonly operation: number;
    readonly value: string | null;
  }[];
}

interface IncrementalAlterConfigsRequest {
  readonly resources: readonly ResourceChanges[];
  readonly validateOnly: boolean;
}

const SET = 0;
const DELETE = 1;

/**
 * IncrementalAlterConfigs (key 44), versions 0-1 (KIP-339).
 *
 * Behaviour: changes the settings of a topic that the request names, and no others.
 * Deviations: topics only; APPEND and SUBTRACT are refused (no setting is a list); `validateOnly` checks the topic and not the values.
 */
export const incrementalAlterConfigs = defineApi<
  IncrementalAlterConfigsRequest,
  { readonly resources: readonly ConfigOutcome[] }
>({
  key: 44,
  name: 'IncrementalAlterConfigs',
  minVersion: 0,
  maxVersion: 1,
  firstFlexibleVersion: 1,
  decode: (reader) => {
    const resources = reader.array((r) => {
      const type = r.int8();
      const name = r.string();
      const entries = r.array((e) => {
        const entry = { name: e.string(), operation: e.int8(), value: e.nullableString() };
        e.skipTags();
        return entry;
      });
      r.skipTags();
      return { type, name, entries };
    });
    const validateOnly = reader.boolean();
    reader.skipTags();
    return { resources, validateOnly };
  },
  handle: async ({ broker }, { resources, validateOnly }) => {
    const outcomes: ConfigOutcome[] = [];
    for (const resource of resources) outcomes.push(await change(broker, resource, validateOnly));
    return { resources: outcomes };
  },
  encode: (writer, _version, { resources }) => encodeConfigOutcomes(writer, resources),
});

async function change(
  { topics }: BrokerServices,
  resource: ResourceChanges,
  validateOnly: boolean,
): Promise<ConfigOutcome> {
  const refusal = refuseUnlessTopic(resource);
  if (refusal !== undefined) return refusal;
  const { type, name, entries } = resource;
  const list = entries.find(({ operation }) => operation !== SET && operation !== DELETE);
  if (list !== undefined) {
    const errorMessage = `${list.name} is not a list: it can be set or deleted, not appended to or subtracted from`;
    return { type, name, errorCode: ErrorCode.INVALID_CONFIG, errorMessage };
  }
  try {
    topics.describeConfig(name);
    const changes = Object.fromEntries(
      entries.map((entry) => [entry.name, entry.operation === DELETE ? null : entry.value]),
    );
    if (!validateOnly) await topics.alterConfig(name, changes);
    return { type, name, errorCode: ErrorCode.NONE, errorMessage: null };
  } catch (error) {
    return { type, name, ...toWireError(error) };
  }
}
