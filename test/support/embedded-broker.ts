import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BrokerAddress,
  EmbeddedBroker,
  type EmbeddedBrokerOptions,
} from '../../src/main/broker/index.js';

/** A broker on a free port with a temporary data folder. */
export interface TestBroker extends BrokerAddress {
  readonly broker: EmbeddedBroker;
  readonly dataDirectory: string;
  /** Stops the broker and starts another one on the same folder and port. */
  restart(): Promise<TestBroker>;
  /** Stops the broker and removes the folder. */
  close(): Promise<void>;
}

/**
 * Starts an embedded broker on a free port in a temporary folder. Groups rebalance without the initial delay, so that
 * tests with one consumer do not wait for others; give `defaults` to change that or anything else.
 */
export async function startTestBroker(options: Partial<EmbeddedBrokerOptions> = {}): Promise<TestBroker> {
  const dataDirectory = options.dataDirectory ?? (await mkdtemp(join(tmpdir(), 'resonance-broker-')));
  const settings: EmbeddedBrokerOptions = {
    port: 0,
    ...options,
    dataDirectory,
    defaults: { initialRebalanceDelayMs: 0, ...options.defaults },
  };
  const broker = new EmbeddedBroker(settings);
  const address = await broker.start();
  return {
    ...address,
    broker,
    dataDirectory,
    restart: async () => {
      await broker.stop();
      return startTestBroker({ ...settings, port: address.port });
    },
    close: async () => {
      await broker.stop();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}
