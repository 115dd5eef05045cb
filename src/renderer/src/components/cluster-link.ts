import type { LinkState, NodeStatus } from '../../../shared/feed.js';
import { linkTone, type Tone } from './StateMark.js';

const severity: Readonly<Record<Tone, number>> = { good: 0, idle: 1, warning: 2, bad: 3 };

/** The worse one of both ways to the cluster. Under a read-only profile there is only the one that reads. */
export function clusterLink({ kafka, profile }: Pick<NodeStatus, 'kafka' | 'profile'>): LinkState {
  const reading = kafka.consumer.link;
  if (profile.readOnly) return reading;
  return severity[linkTone(reading.phase)] > severity[linkTone(kafka.producer.phase)]
    ? reading
    : kafka.producer;
}
