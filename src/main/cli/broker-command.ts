import { ResonanceError } from '../../shared/errors.js';
import { parseBrokerAddress } from '../pipeline/broker-selector.js';
import { createLocalBroker } from '../pipeline/local-broker.js';
import { type Command, loadSettings, parseOptions } from './command-context.js';
import { interrupted } from './interruption.js';

/** `resonance broker [--port N]`: the embedded broker alone, until it is interrupted. */
export const runBroker: Command = async (context) => {
  const options = parseOptions(context, { port: { type: 'string' } });
  const { config } = await loadSettings(context);
  const configured = parseBrokerAddress(config.kafka.brokers[0] ?? 'localhost:9092').port;
  const port = options.port === undefined ? configured : Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new ResonanceError('COMMAND_INVALID', `--port ${options.port}: expected a port from 0 to 65535`);
  }
  const broker = createLocalBroker({
    dataDirectory: context.dataDirectory,
    host: '127.0.0.1',
    port,
    retention: config.broker,
    clock: context.clock,
    logger: context.log.logger.child('broker'),
  });
  const { brokers } = await broker.start();
  context.print(
    context.json
      ? JSON.stringify({ event: 'ready', brokers })
      : `The broker listens on ${brokers.join(', ')}`,
  );
  await interrupted(context.signal);
  await broker.stop({ deadlineMs: 5_000 });
  return 0;
};
