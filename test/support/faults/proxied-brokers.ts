import { ApacheKafka } from '../apache-kafka.js';
import { needsApacheKafka } from '../brokers.js';
import { startTestBroker } from '../embedded-broker.js';
import { FaultProxy, proxyHost } from '../fault-proxy.js';

/** Several ways to a broker, each through a fault proxy of its own. */
export interface ProxiedBrokers {
  readonly proxies: readonly FaultProxy[];
  close(): Promise<void>;
}

export interface ProxiedBrokerProvider {
  readonly name: string;
  readonly start: (count: number) => Promise<ProxiedBrokers>;
}

/** A broker each: it has one listener. */
const embedded: ProxiedBrokerProvider = {
  name: 'the embedded broker',
  start: async (count) => {
    const brokers = await Promise.all(
      Array.from({ length: count }, () => startTestBroker({ advertisedHost: proxyHost })),
    );
    const proxies = await startProxies(brokers.map(({ port }) => port));
    return {
      proxies,
      close: async () => {
        await Promise.all(proxies.map((proxy) => proxy.close()));
        await Promise.all(brokers.map((broker) => broker.close()));
      },
    };
  },
};

/** One broker with a listener for each. */
const apacheKafka: ProxiedBrokerProvider = {
  name: 'Apache Kafka',
  start: async (count) => {
    const names = Array.from({ length: count }, (_, index) => `LINK_${index}`);
    const cluster = await ApacheKafka.start({
      listeners: Object.fromEntries(names.map((name) => [name, 'PLAINTEXT' as const])),
      listenersAdvertisedHost: proxyHost,
    });
    const proxies = await startProxies(Object.values(cluster.nodes[0]?.listenerPorts ?? {}));
    return {
      proxies,
      close: async () => {
        await Promise.all(proxies.map((proxy) => proxy.close()));
        await cluster.close();
      },
    };
  },
};

function startProxies(ports: readonly number[]): Promise<FaultProxy[]> {
  return Promise.all(ports.map((port) => FaultProxy.start(port)));
}

/** The embedded broker always, Apache Kafka wherever it runs; see `brokerProviders`. */
export function proxiedBrokerProviders(): ProxiedBrokerProvider[] {
  return needsApacheKafka() ? [embedded, apacheKafka] : [embedded];
}
