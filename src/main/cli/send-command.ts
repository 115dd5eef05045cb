import type { Config } from '../../shared/config.js';
import type { KafkaPosition } from '../../shared/envelope.js';
import { describeError, ResonanceError } from '../../shared/errors.js';
import type { Message, MessageType } from '../../shared/message.js';
import { createUuidV7 } from '../../shared/uuid.js';
import { KafkaAdmin } from '../kafka/kafka-admin.js';
import { ResonanceProducer } from '../kafka/resonance-producer.js';
import { createPlainMessage, kafkaTopicOf } from '../pipeline/operator-message.js';
import { type BrokerAccess, openBrokerAccess } from './broker-access.js';
import { type Command, type CommandContext, loadSettings, parseOptions } from './command-context.js';

const optionTypes = {
  type: { type: 'string' },
  message: { type: 'string' },
  data: { type: 'string' },
  frequency: { type: 'string' },
  's-roi': { type: 'string' },
  'event-type': { type: 'string' },
  target: { type: 'string' },
} as const;

type SendOptions = { readonly [N in keyof typeof optionTypes]?: string | undefined };

interface Content {
  readonly type: MessageType;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** `resonance send`: one message to Kafka; exit 0 once the broker has acknowledged it. */
export const runSend: Command = async (context) => {
  const options: SendOptions = parseOptions(context, optionTypes);
  const { config } = await loadSettings(context);
  const { type, fields } = contentOf(options, config);
  const message = createPlainMessage(type, fields, {
    config,
    nowMs: context.clock.wallMs(),
    id: createUuidV7(),
  });
  const topic = kafkaTopicOf(config, type, options.target ?? null);
  const access = await openBrokerAccess(context, config);
  try {
    const position = await publish(context, config, access.connection, message, topic);
    context.print(
      context.json
        ? JSON.stringify(position)
        : `Acknowledged: ${position.topic}, partition ${position.partition}, offset ${position.offset}`,
    );
    return 0;
  } finally {
    await access.close();
  }
};

async function publish(
  context: CommandContext,
  config: Config,
  access: BrokerAccess['connection'],
  message: Message,
  topic: string,
): Promise<KafkaPosition> {
  const { kafka, node } = config;
  const common = {
    connection: { ...access, clientId: `${kafka.clientId}-send` },
    clock: context.clock,
    logger: context.log.logger,
  };
  const admin = new KafkaAdmin(common);
  const producer = new ResonanceProducer({
    ...common,
    identity: node,
    topics: kafka.topics,
    targets: {},
    readState: () => ({}),
    catalogue: admin,
    deliveryTimeoutMs: 15_000,
  });
  try {
    return await producer.publish(message, { topic });
  } finally {
    await producer.close();
    await admin.close();
  }
}

/** @throws ResonanceError `COMMAND_INVALID` before anything is connected */
function contentOf(options: SendOptions, config: Config): Content {
  const data = {
    ...parseData(options.data),
    ...(options.message === undefined ? {} : { message: options.message }),
  };
  const frequency = parseNumber('--frequency', options.frequency);
  const sRoi = parseNumber('--s-roi', options['s-roi']);
  const { frequencyHz, sRoiThreshold } = config.resonance;
  const values = {
    ...(frequency === undefined ? {} : { frequency }),
    ...(sRoi === undefined ? {} : { s_roi: sRoi }),
  };
  switch (options.type) {
    case 'state': {
      const state = { ...data, ...values };
      if (Object.keys(state).length === 0)
        throw missing('state', '--data, --frequency, --s-roi or --message');
      return { type: 'state_update', fields: { data: state } };
    }
    case 'frequency':
      return {
        type: 'frequency_sync',
        fields: { frequency: frequencyHz, s_roi: sRoiThreshold, ...data, ...values },
      };
    case 's_roi':
      if (sRoi === undefined) throw missing('s_roi', '--s-roi');
      return { type: 's_roi_update', fields: { ...data, s_roi: sRoi } };
    case 'event':
      return { type: 'repository_event', fields: { event_type: options['event-type'] ?? 'commit', data } };
    case 'heartbeat':
      return {
        type: 'heartbeat',
        fields: { frequency: frequencyHz, s_roi: sRoiThreshold, ...data, ...values },
      };
    default:
      throw new ResonanceError(
        'COMMAND_INVALID',
        `--type ${options.type ?? '(missing)'}: expected state, frequency, s_roi, event or heartbeat`,
      );
  }
}

function missing(type: string, what: string): ResonanceError {
  return new ResonanceError('COMMAND_INVALID', `--type ${type} needs ${what}`);
}

function parseNumber(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) {
    throw new ResonanceError('COMMAND_INVALID', `${flag} ${text}: expected a number`);
  }
  return value;
}

function parseData(text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ResonanceError('COMMAND_INVALID', `--data is not JSON: ${describeError(error)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ResonanceError('COMMAND_INVALID', `--data ${text}: expected a JSON object`);
  }
  return value as Record<string, unknown>;
}
