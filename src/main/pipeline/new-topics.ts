import type { NewTopics } from '../../shared/kafka-config.js';
import type { TopicSettings } from '../kafka/topic-settings.js';

/** What the settings say of new topics; zero leaves a value to the brokers. */
export function topicSettings({ partitions, replicationFactor, retentionMs }: NewTopics): TopicSettings {
  return {
    ...(partitions === 0 ? {} : { partitions }),
    ...(replicationFactor === 0 ? {} : { replicationFactor }),
    ...(retentionMs === 0 ? {} : { configs: { 'retention.ms': String(retentionMs) } }),
  };
}
