import type { TopicConfigChanges } from '../log/topic-config.js';
import { ErrorCode } from '../protocol/error-code.js';
import type { ProtocolReader } from '../protocol/protocol-reader.js';
import type { ProtocolWriter } from '../protocol/protocol-writer.js';
import type { BrokerServices } from './api.js';
import { type ConfigOutcome, type ConfigResource, refuseUnlessTopic } from './config-resource.js';
import { toWireError } from './wire-error.js';

/*
 * What AlterConfigs and IncrementalAlterConfigs have in common: all but how an entry is written and what it means for the
 * settings that a topic has.
 */

/** The entries of one resource. */
export interface ResourceEntries<E> extends ConfigResource {
  readonly entries: readonly E[];
}

export interface ConfigRequest<E> {
  readonly resources: readonly ResourceEntries<E>[];
  readonly validateOnly: boolean;
}

export interface ConfigResponse {
  readonly resources: readonly ConfigOutcome[];
}

/** @param readEntry one entry, without its tagged fields */
export function decodeConfigRequest<E>(
  reader: ProtocolReader,
  readEntry: (reader: ProtocolReader) => E,
): ConfigRequest<E> {
  const resources = reader.array((r) => {
    const type = r.int8();
    const name = r.string();
    const entries = r.array((e) => {
      const entry = readEntry(e);
      e.skipTags();
      return entry;
    });
    r.skipTags();
    return { type, name, entries };
  });
  const validateOnly = reader.boolean();
  reader.skipTags();
  return { resources, validateOnly };
}

/**
 * Changes one resource after the other; what is wrong with one leaves the others alone.
 *
 * @param toChanges what becomes of the topic's settings; may throw a `BrokerLogError`
 */
export async function changeConfigs<E>(
  { topics }: BrokerServices,
  { resources, validateOnly }: ConfigRequest<E>,
  toChanges: (name: string, entries: readonly E[]) => TopicConfigChanges,
): Promise<ConfigResponse> {
  const change = async (resource: ResourceEntries<E>): Promise<ConfigOutcome> => {
    const refusal = refuseUnlessTopic(resource);
    if (refusal !== undefined) return refusal;
    const { type, name, entries } = resource;
    try {
      // The topic must exist also where nothing is changed.
      topics.describeConfig(name);
      const changes = toChanges(name, entries);
      if (!validateOnly) await topics.alterConfig(name, changes);
      return { type, name, errorCode: ErrorCode.NONE, errorMessage: null };
    } catch (error) {
      return { type, name, ...toWireError(error) };
    }
  };
  const outcomes: ConfigOutcome[] = [];
  for (const resource of resources) outcomes.push(await change(resource));
  return { resources: outcomes };
}

export function encodeConfigResponse(writer: ProtocolWriter, { resources }: ConfigResponse): void {
  writer.int32(0);
  writer.array(resources, (w, outcome) => {
    w.int16(outcome.errorCode).nullableString(outcome.errorMessage);
    w.int8(outcome.type).string(outcome.name).tags();
  });
  writer.tags();
}
