import { ErrorCode } from '../protocol/error-code.js';
import type { ProtocolWriter } from '../protocol/protocol-writer.js';
import { type BrokerServices, defineApi } from './api.js';
import { type ConfigOutcome, type ConfigResource, refuseUnlessTopic } from './config-resource.js';
import { toWireError } from './wire-error.js';

interface ResourceSettings extends ConfigResource {
  readonly entries: readonly { readonly name: string; readonly value: string | null }[];
}

interface AlterConfigsRequest {
  readonly resources: readonly ResourceSettings[];
  readonly validateOnly: boolean;
}

/**
 * AlterConfigs (key 33), versions 0-2.
 *
 * Behaviour: replaces all settings of a topic: what the request does not name goes back to its default.
 * Deviations: topics only; `validateOnly` checks the topic and not the values.
 */
export const alterConfigs = defineApi<AlterConfigsRequest, { readonly resources: readonly ConfigOutcome[] }>({
  key: 33,
  name: 'AlterConfigs',
  minVersion: 0,
  maxVersion: 2,
  firstFlexibleVersion: 2,
  decode: (reader) => {
    const resources = reader.array((r) => {
      const type = r.int8();
      const name = r.string();
      const entries = r.array((e) => {
        const entry = { name: e.string(), value: e.nullableString() };
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
    for (const resource of resources) outcomes.push(await replace(broker, resource, validateOnly));
    return { resources: outcomes };
  },
  encode: (writer, _version, { resources }) => encodeConfigOutcomes(writer, resources),
});

/** The response body that AlterConfigs and IncrementalAlterConfigs share. */
export function encodeConfigOutcomes(writer: ProtocolWriter, outcomes: readonly ConfigOutcome[]): void {
  writer.int32(0);
  writer.array(outcomes, (w, outcome) => {
    w.int16(outcome.errorCode).nullableString(outcome.errorMessage);
    w.int8(outcome.type).string(outcome.name).tags();
  });
  writer.tags();
}

async function replace(
  { topics }: BrokerServices,
  resource: ResourceSettings,
  validateOnly: boolean,
): Promise<ConfigOutcome> {
  const refusal = refuseUnlessTopic(resource);
  if (refusal !== undefined) return refusal;
  const { type, name, entries } = resource;
  try {
    const changes: Record<string, string | null> = {};
    for (const current of topics.describeConfig(name)) {
      if (!current.isDefault && !current.readOnly) changes[current.name] = null;
    }
    for (const entry of entries) changes[entry.name] = entry.value;
    if (!validateOnly) await topics.alterConfig(name, changes);
    return { type, name, errorCode: ErrorCode.NONE, errorMessage: null };
  } catch (error) {
    return { type, name, ...toWireError(error) };
  }
}
