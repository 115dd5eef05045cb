import type { Clock } from '../../shared/clock.js';
import type { Config } from '../../shared/config.js';
import type { Logger } from '../../shared/logger.js';
import { KafkaAdmin } from '../kafka/kafka-admin.js';
import { kafkaDoctorSteps } from '../kafka/kafka-doctor.js';
import { webSocketDoctorSteps } from '../websocket/doctor.js';
import type { DoctorWalk } from './doctor.js';
import { topicRoles } from './topic-roles.js';

export interface DoctorWalkOptions {
  readonly config: Config;
  /** The brokers in use; the configured ones where none were chosen yet. */
  readonly brokers: readonly string[];
  /** This node's own server, where it listens. */
  readonly ownUrl: string | null;
  /** Where each peer's link goes, which the demo mesh may have changed. */
  readonly peerUrls: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Everything there is to check: the way to Kafka, the own server, each peer. */
export function createDoctorWalks(options: DoctorWalkOptions): DoctorWalk[] {
  const { config, brokers, ownUrl, peerUrls, clock, logger } = options;
  const connection = { brokers, clientId: `${config.kafka.clientId}-doctor` };
  const kafka: DoctorWalk = async function* (signal) {
    const admin = new KafkaAdmin({ connection, clock, logger });
    try {
      const { groupId } = config.kafka;
      yield* kafkaDoctorSteps({ connection, admin, groupId, topics: topicRoles(config), clock, signal });
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
