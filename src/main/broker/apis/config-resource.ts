import { ErrorCode } from '../protocol/error-code.js';

/** What a configuration request is about (https://kafka.apache.org/protocol: DescribeConfigs, AlterConfigs). */
export interface ConfigResource {
  readonly type: number;
  readonly name: string;
}

export const TOPIC_RESOURCE = 2;
export const BROKER_RESOURCE = 4;

/** Where a setting's value comes from (KIP-226). */
export const TOPIC_CONFIG_SOURCE = 1;
export const STATIC_BROKER_CONFIG_SOURCE = 4;
export const DEFAULT_CONFIG_SOURCE = 5;

/** How a changed resource is answered by both AlterConfigs APIs. */
export interface ConfigOutcome extends ConfigResource {
  readonly errorCode: ErrorCode;
  readonly errorMessage: string | null;
}

/** Only topics can be changed: the broker's own settings belong to the program that runs it. */
export function refuseUnlessTopic(resource: ConfigResource): ConfigOutcome | undefined {
  if (resource.type === TOPIC_RESOURCE) return undefined;
  return {
    ...resource,
    errorCode: ErrorCode.INVALID_REQUEST,
    errorMessage: "Only topics can be configured over the protocol: the embedded broker's settings are fixed",
  };
}
