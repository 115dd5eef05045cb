import type { Config } from './config.js';
import type { ProfileColor } from './kafka-config.js';

/** The profile in use, as the operator sees it. */
export interface ProfileView {
  /** Empty: no profile, the kafka section alone. */
  readonly name: string;
  readonly color: ProfileColor;
  readonly readOnly: boolean;
}

/** The configuration as it runs: the active profile's values in place of the kafka section's. */
export function activeConfig(config: Config): Config {
  const profile = config.profiles[config.profile];
  if (config.profile === '' || profile === undefined) return config;
  const { brokers, security, clientId = config.kafka.clientId, groupId = config.kafka.groupId } = profile;
  // A named cluster is somewhere: the embedded broker stands in for it only where the profile says so.
  const mode = profile.mode ?? 'external';
  return { ...config, kafka: { ...config.kafka, mode, brokers, clientId, groupId, security } };
}

export function activeProfile(config: Config): ProfileView {
  const profile = config.profiles[config.profile];
  if (config.profile === '' || profile === undefined) return { name: '', color: 'grey', readOnly: false };
  return { name: config.profile, color: profile.color, readOnly: profile.readOnly };
}
