import { type ResonanceError, toErrorReport } from '../../shared/errors.js';
import type { TopicDifference, TopicView } from '../../shared/feed.js';
import type { Logger } from '../../shared/logger.js';
import type { KafkaAdmin } from '../kafka/kafka-admin.js';
import { describeDifferences } from '../kafka/topic-settings.js';
import type { PipelineContext } from './pipeline-context.js';
import { topicRoles } from './topic-roles.js';

const alertKeys = { missing: 'kafka.topics.missing', different: 'kafka.topics.different' } as const;
/** Topics named in one alert. */
const maxNamed = 3;

/**
 * The topics of the cluster as the operator sees them, and what is not right with those of the settings: that they are
 * missing, or have other settings than this node would have given them.
 */
export class TopicDesk {
  readonly #admin: KafkaAdmin;
  readonly #context: Pick<PipelineContext, 'config' | 'observer'>;
  readonly #logger: Logger;
  #lastSaid = '';

  constructor(admin: KafkaAdmin, context: Pick<PipelineContext, 'config' | 'observer' | 'logger'>) {
    this.#admin = admin;
    this.#context = context;
    this.#logger = context.logger.child('kafka');
  }

  /** The topics that the settings name, missing ones too, and whatever else the cluster has. */
  async list(): Promise<readonly TopicView[]> {
    const { groupId, topics } = this.#context.config.kafka;
    const roles = topicRoles(this.#context.config);
    const views = await this.#admin.describeTopics(undefined, {
      groupId,
      consumedTopics: [topics.inbound, topics.stateSync],
      roles,
    });
    this.#tellDifferences(new Map(views.map(({ name, differences }) => [name, differences])));
    return views;
  }

  /** Compares the topics that are there with the settings. Never rejects. */
  async compare(): Promise<void> {
    try {
      this.#tellDifferences(await this.#admin.compareTopics(Object.keys(topicRoles(this.#context.config))));
    } catch (error) {
      this.#logger.warn('the topics could not be compared with the settings', {
        error: toErrorReport(error),
      });
    }
  }

  /** The consumer can't read these; none: it reads all of them. */
  tellMissing(topics: readonly string[], reason: ResonanceError | null): void {
    const { observer } = this.#context;
    if (topics.length === 0 || reason === null) {
      observer.clearAlert(alertKeys.missing);
      return;
    }
    observer.raiseAlert({
      key: alertKeys.missing,
      severity: 'error',
      message: `Not read: ${topics.join(', ')} (${reason.message})`,
      hint: reason.hint ?? null,
    });
  }

  /** Takes back what was said. */
  close(): void {
    for (const key of Object.values(alertKeys)) this.#context.observer.clearAlert(key);
  }

  #tellDifferences(compared: ReadonlyMap<string, readonly TopicDifference[]>): void {
    const { observer } = this.#context;
    const different = [...compared].filter(([, differences]) => differences.length > 0).sort();
    const lines = different.map(([name, differences]) => `${name}: ${describeDifferences(differences)}`);
    const said = lines.join('\n');
    if (said !== this.#lastSaid) {
      for (const line of lines) this.#logger.warn(`a topic has other settings than new ones get: ${line}`);
      this.#lastSaid = said;
    }
    if (different.length === 0) {
      observer.clearAlert(alertKeys.different);
      return;
    }
    const named = different
      .slice(0, maxNamed)
      .map(([name, differences]) => `${name} (${differences.map(({ setting }) => setting).join(', ')})`);
    if (different.length > maxNamed) named.push(`and ${different.length - maxNamed} more`);
    observer.raiseAlert({
      key: alertKeys.different,
      severity: 'warning',
      message: `Topics with other settings than new ones get: ${named.join(', ')}`,
      hint: 'The Topics view shows what is and what is wanted. This node changes no existing topic: use the cluster’s own tools, or change the wanted settings under Settings, New topics.',
    });
  }
}
