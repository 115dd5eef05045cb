import { beforeEach, expect, test } from 'vitest';
import type { SelectedBrokers } from '../../../src/main/pipeline/broker-selector.js';
import { KafkaConnector } from '../../../src/main/pipeline/kafka-connector.js';
import type { PipelineContext } from '../../../src/main/pipeline/pipeline-context.js';
import { noObserver } from '../../../src/main/pipeline/pipeline-observer.js';
import { ResonanceError } from '../../../src/shared/errors.js';
import { resolveConfig } from '../../../src/shared/resolve-config.js';
import { ManualClock } from '../../support/manual-clock.js';
import { silentLogger } from '../../support/silent-logger.js';

const selected: SelectedBrokers = { mode: 'external', brokers: ['127.0.0.1:9'], failure: null };

/** The alerts there are, by key. */
let alerts: Map<string, string>;
let isStopping: boolean;

beforeEach(() => {
  alerts = new Map();
  isStopping = false;
});

function createConnector(
  answer: SelectedBrokers,
  { security = {}, password = null }: { security?: object; password?: string | null } = {},
): KafkaConnector {
  const context: PipelineContext = {
    config: resolveConfig([{ source: 'file', values: { kafka: { security } } }]).config,
    clock: new ManualClock(),
    random: () => 0,
    logger: silentLogger,
    observer: {
      ...noObserver,
      raiseAlert: ({ key, message }) => alerts.set(key, message),
      clearAlert: (key) => alerts.delete(key),
    },
    ownValues: () => ({ frequency: 0.043, s_roi: 0.502 }),
    receive: () => undefined,
    show: () => undefined,
  };
  return new KafkaConnector({
    context,
    brokers: { select: async () => answer },
    secrets: { read: async () => password },
    delivery: {},
    dataDirectory: '/nowhere',
    isStopping: () => isStopping,
  });
}

const login = { protocol: 'sasl_plaintext', mechanism: 'plain', username: 'alice' };

test('makes the connections to the brokers that were found', async () => {
  const connector = createConnector(selected);
  expect(connector.side).toBeNull();
  const side = await connector.connect();
  expect(side).toBe(connector.side);
  expect(side?.connection).toMatchObject({ brokers: ['127.0.0.1:9'], readOnly: false });
  expect([connector.error, alerts.size]).toEqual([null, 0]);
});

test('makes none without the password, and says so in the status and in the bell until there is one', async () => {
  const locked = createConnector(selected, { security: login });
  expect(await locked.connect()).toBeNull();
  expect(locked.error).toMatchObject({ code: 'CONFIGURATION_INVALID' });
  expect(alerts.get('kafka.security')).toContain('the password of alice');
  expect(await createConnector(selected, { security: login, password: 'x' }).connect()).not.toBeNull();
  expect(alerts.size).toBe(0);
});

test('says why the embedded broker does not run, and connects to where it would be', async () => {
  const failure = new ResonanceError('KAFKA_FAILED', 'somebody has its port');
  const connector = createConnector({ ...selected, mode: 'embedded', failure });
  expect(await connector.connect()).not.toBeNull();
  expect(alerts.get('kafka.broker')).toBe('somebody has its port');
});

test('makes nothing for a pipeline that is to stop', async () => {
  isStopping = true;
  expect(await createConnector(selected).connect()).toBeNull();
});
