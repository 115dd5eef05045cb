import { EmbeddedBroker } from '../../../src/main/broker/index.js';

/** An embedded broker as a process of its own: `broker-process DATA_DIRECTORY PORT [ADVERTISED_HOST]`. Prints its port when it is ready. */
const [dataDirectory = '', port = '0', advertisedHost] = process.argv.slice(2);
const broker = new EmbeddedBroker({
  dataDirectory,
  port: Number(port),
  ...(advertisedHost === undefined ? {} : { advertisedHost }),
  defaults: { initialRebalanceDelayMs: 0, minSessionTimeoutMs: 1_000 },
});
const address = await broker.start();
process.stdout.write(`${address.port}\n`);
