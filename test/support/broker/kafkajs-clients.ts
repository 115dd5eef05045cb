import {
  type Admin,
  type Consumer,
  type ConsumerConfig,
  Kafka,
  logLevel,
  type Producer,
  type ProducerConfig,
} from 'kafkajs';
import { Waiter } from '../waiter.js';

/** kafkajs as it comes, with everything it opened closed by {@link close}. */
export class KafkajsClients {
  readonly kafka: Kafka;
  readonly #open: { disconnect(): Promise<void> }[] = [];

  constructor(brokers: readonly string[]) {
    this.kafka = new Kafka({
      brokers: [...brokers],
      clientId: 'test',
      logLevel: logLevel.NOTHING,
      retry: { initialRetryTime: 50, maxRetryTime: 500, retries: 20 },
    });
  }

  async admin(): Promise<Admin> {
    return this.#connected(this.kafka.admin());
  }

  async producer(config: ProducerConfig = {}): Promise<Producer> {
    return this.#connected(this.kafka.producer(config));
  }

  async consumer(config: ConsumerConfig): Promise<Consumer> {
    const quick = { sessionTimeout: 2_000, heartbeatInterval: 200, maxWaitTimeInMs: 100 };
    return this.#connected(this.kafka.consumer({ ...quick, ...config }));
  }

  async close(): Promise<void> {
    for (const client of this.#open.splice(0).reverse()) await client.disconnect();
  }

  async #connected<T extends { connect(): Promise<void>; disconnect(): Promise<void> }>(
    client: T,
  ): Promise<T> {
    this.#open.push(client);
    await client.connect();
    return client;
  }
}

/** Collects values and resolves when there are enough of them. */
export class Received {
  readonly values: string[] = [];
  readonly #waiter = new Waiter();

  add(value: string): void {
    this.values.push(value);
    this.#waiter.check();
  }

  /** Resolves once `condition` holds for what has come. */
  until(condition: (values: readonly string[]) => boolean): Promise<void> {
    return this.#waiter.until(() => condition(this.values));
  }
}
