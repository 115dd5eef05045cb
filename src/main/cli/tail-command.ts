import type { Envelope } from '../../shared/envelope.js';
import { ResonanceError } from '../../shared/errors.js';
import { isMessageType } from '../../shared/message.js';
import { KafkaAdmin } from '../kafka/kafka-admin.js';
import { TopicTap } from '../kafka/topic-tap.js';
import { topicRoles } from '../pipeline/topic-roles.js';
import { openBrokerAccess } from './broker-access.js';
import { type Command, type CommandContext, loadSettings, parseOptions } from './command-context.js';

interface TailRequest {
  readonly types: readonly string[];
  readonly from: 'beginning' | 'latest';
  readonly count: number;
}

/** `resonance tail`: what goes over the topics, without disturbing who reads them. Exit 0 at `--count`, or on interrupt. */
export const runTail: Command = async (context) => {
  const options = parseOptions(context, {
    topic: { type: 'string', multiple: true },
    type: { type: 'string', multiple: true },
    from: { type: 'string', default: 'latest' },
    count: { type: 'string' },
  });
  const request = parseRequest(options.type ?? [], options.from, options.count);
  const { config } = await loadSettings(context);
  const access = await openBrokerAccess(context, config);
  const connection = { ...access.connection, clientId: `${config.kafka.clientId}-tail` };
  const common = { connection, clock: context.clock, logger: context.log.logger };
  const admin = new KafkaAdmin(common);
  try {
    const topics = options.topic ?? (await existingTopics(admin, Object.keys(topicRoles(config))));
    const tap = new TopicTap({
      ...common,
      topics,
      from: request.from,
      admin,
      onReading: () => context.log.logger.info('reading', { topics, from: request.from }),
    });
    context.signal.addEventListener('abort', () => void tap.close());
    await printItems(context, tap, request);
    return 0;
  } finally {
    await admin.close();
    await access.close();
  }
};

async function printItems(context: CommandContext, tap: TopicTap, request: TailRequest): Promise<void> {
  let printed = 0;
  if (request.count === 0) return;
  for await (const item of tap.items()) {
    if ('rejected' in item) {
      const { topic, partition, offset, rejection } = item.rejected;
      context.complain(`refused ${topic}/${partition}@${offset}: ${rejection.reason}: ${rejection.detail}`);
      continue;
    }
    const { envelope } = item;
    if (request.types.length > 0 && !request.types.includes(envelope.message.type)) continue;
    context.print(context.json ? jsonLine(envelope) : readableLine(envelope));
    printed += 1;
    if (printed >= request.count) return;
  }
}

function jsonLine({ kafka, message, node }: Envelope): string {
  return JSON.stringify({ ...kafka, node, message });
}

function readableLine({ kafka, message, node, text }: Envelope): string {
  const where = kafka === undefined ? '' : `${kafka.topic}/${kafka.partition}@${kafka.offset}`;
  return `${where}  ${message.type}  ${node ?? message.anchor ?? '?'}  ${text}`;
}

/** Without `--topic`: the topics of the settings, as far as they exist. */
async function existingTopics(admin: KafkaAdmin, names: readonly string[]): Promise<string[]> {
  const existing = new Set(await admin.listTopics());
  const topics = names.filter((name) => existing.has(name));
  if (topics.length === 0) {
    throw new ResonanceError('KAFKA_TOPIC_UNKNOWN', `None of these topics exists yet: ${names.join(', ')}`, {
      hint: 'Start the node once, or send a message; both create what is missing.',
    });
  }
  return topics;
}

function parseRequest(typeNames: readonly string[], from: string, count: string | undefined): TailRequest {
  const shortNames: Readonly<Record<string, string>> = {
    state: 'state_update',
    frequency: 'frequency_sync',
    s_roi: 's_roi_update',
    event: 'repository_event',
  };
  const types = typeNames.map((name) =>
    Object.hasOwn(shortNames, name) ? (shortNames[name] ?? name) : name,
  );
  const unknown = types.find((type) => !isMessageType(type));
  if (unknown !== undefined) {
    throw new ResonanceError(
      'COMMAND_INVALID',
      `--type ${unknown}: expected state, frequency, s_roi, event or heartbeat`,
    );
  }
  if (from !== 'beginning' && from !== 'latest') {
    throw new ResonanceError('COMMAND_INVALID', `--from ${from}: expected beginning or latest`);
  }
  const limit = count === undefined ? Number.POSITIVE_INFINITY : Number(count);
  if (count !== undefined && (!Number.isInteger(limit) || limit < 0)) {
    throw new ResonanceError('COMMAND_INVALID', `--count ${count}: expected a whole number`);
  }
  return { types, from, count: limit };
}
