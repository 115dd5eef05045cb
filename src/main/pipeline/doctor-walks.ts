import { activeProfile } from '../../shared/active-profile.js';
import type { Clock } from '../../shared/clock.js';
import type { Config } from '../../shared/config.js';
import { deadLetterTopic } from '../../shared/dead-letter.js';
import { toErrorReport } from '../../shared/errors.js';
import type { DoctorStep } from '../../shared/feed.js';
import type { Logger } from '../../shared/logger.js';
import { KafkaAdmin } from '../kafka/kafka-admin.js';
import { kafkaDoctorSteps } from '../kafka/kafka-doctor.js';
import type { SecretSource } from '../settings/secret-store.js';
import { webSocketDoctorSteps } from '../websocket/doctor.js';
import type { SelectedBrokers } from './broker-selector.js';
import type { DoctorWalk } from './doctor.js';
import { type KafkaAccess, readKafkaAccess } from './kafka-access.js';
import { topicSettings } from './new-topics.js';
import { topicRoles } from './topic-roles.js';

export interface DoctorWalkOptions {
  readonly config: Config;
  /** The brokers in use; null where none were chosen yet: the configured ones. */
  readonly brokers: SelectedBrokers | null;
  readonly secrets: SecretSource;
  /** This node's own server, where it listens. */
  readonly ownUrl: string | null;
  /** Where each peer's link goes, which the demo mesh may have changed. */
  readonly peerUrls: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Everything there is to check: the way to Kafka, the own server, each peer. */
export function createDoctorWalks(options: DoctorWalkOptions): DoctorWalk[] {
  const { config, ownUrl, peerUrls, clock, logger } = options;
  const kafka: DoctorWalk = async function* (signal) {
    const access = yield* readAccess(options);
    if (access === null) return;
    const addresses = options.brokers?.brokers ?? config.kafka.brokers;
    const connection = { brokers: addresses, clientId: `${config.kafka.clientId}-doctor`, ...access };
    const newTopics = topicSettings(config.kafka.newTopics);
    const admin = new KafkaAdmin({ connection, clock, logger, newTopics });
    try {
      const { groupId } = config.kafka;
      yield* kafkaDoctorSteps({ connection, admin, groupId, topics: neededTopics(config), clock, signal });
    } finally {
      await admin.close();
    }
  };
  const visit =
    (peer: string, url: string): DoctorWalk =>
    () =>
      webSocketDoctorSteps(url, { peer, clock, logger });
  return [
    kafka,
    ...(ownUrl === null ? [] : [visit(config.node.name, ownUrl)]),
    ...Object.entries(peerUrls).map(([name, url]) => visit(name, url)),
  ];
}

/** Certificates, passwords and tokens, where the listener asks for any. */
async function* readAccess({
  config,
  brokers,
  secrets,
  clock,
}: DoctorWalkOptions): AsyncGenerator<DoctorStep, KafkaAccess | null, undefined> {
  const { protocol } = config.kafka.security;
  if (brokers?.mode === 'embedded' || protocol === 'plaintext') {
    return { readOnly: activeProfile(config).readOnly };
  }
  const id = 'kafka.security';
  const title = `Certificates and login (${protocol})`;
  try {
    const access = await readKafkaAccess(config, secrets, clock);
    yield { id, title, state: 'passed', durationMs: null, detail: 'files and secrets are there', hint: null };
    return access;
  } catch (error) {
    const { message, hint = 'See the log for details.' } = toErrorReport(error);
    yield { id, title, state: 'failed', durationMs: null, detail: message, hint };
    return null;
  }
}

/** The topic of the dead letters comes with the first one: until then nothing is wrong without it. */
function neededTopics(config: Config): Record<string, string> {
  return Object.fromEntries(
    Object.entries(topicRoles(config)).filter(([topic]) => topic !== deadLetterTopic),
  );
}
