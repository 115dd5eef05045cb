import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type KafkaDoctorOptions, kafkaDoctorSteps } from '../../../src/main/kafka/kafka-doctor.js';
import { probeBrokers } from '../../../src/main/kafka/probe-brokers.js';
import type { DoctorStep } from '../../../src/shared/feed.js';
import { brokerProviders, type TestBroker } from '../../support/brokers.js';
import { proxyHost } from '../../support/fault-proxy.js';
import { freePorts } from '../../support/free-ports.js';
import { KafkaFixture } from '../../support/kafka-fixture.js';

async function ended(options: KafkaDoctorOptions): Promise<DoctorStep[]> {
  const steps: DoctorStep[] = [];
  for await (const step of kafkaDoctorSteps(options)) if (step.state !== 'running') steps.push(step);
  return steps;
}

function optionsOf(fixture: KafkaFixture): KafkaDoctorOptions {
  const { connection, admin, clock, groupId, topics } = fixture;
  return { connection, admin, clock, groupId, topics: { [topics.inbound]: 'inbound' } };
}

describe.each(brokerProviders())('on $name', ({ start }) => {
  let broker: TestBroker;
  let fixture: KafkaFixture;

  beforeAll(async () => {
    broker = await start();
  }, 120_000);
  afterAll(() => broker?.close());
  beforeEach(() => {
    fixture = new KafkaFixture(broker.brokers);
  });
  afterEach(() => fixture.close());

  it('answers the probe', async () => {
    expect(await probeBrokers(broker.brokers)).toBe(true);
  });

  it('passes every step, and names the topic that is missing', async () => {
    const [address] = broker.brokers;
    const steps = await ended(optionsOf(fixture));
    expect(steps.map(({ id, state }) => [id, state])).toEqual([
      [`kafka.${address}.tcp`, 'passed'],
      [`kafka.${address}.handshake`, 'passed'],
      ['kafka.metadata', 'passed'],
      ['kafka.topics', 'passed'],
      [`kafka.topic.${fixture.topics.inbound}`, 'failed'],
      ['kafka.group', 'passed'],
    ]);
    expect(steps[4]?.hint).toMatch(/creates it/);
    expect(steps[5]?.detail).toMatch(/nobody has read in it yet/);
  });

  it('walks through a name, and passes a topic that exists', async () => {
    await fixture.admin.createTopic(fixture.topics.inbound);
    const byName = new KafkaFixture([String(broker.brokers[0]).replace('127.0.0.1', 'localhost')]);
    try {
      const steps = await ended({ ...optionsOf(fixture), connection: byName.connection });
      expect(steps[0]).toMatchObject({ id: expect.stringMatching(/\.dns$/), state: 'passed' });
      expect(steps.every(({ state }) => state === 'passed')).toBe(true);
    } finally {
      await byName.close();
    }
  });
});

describe.each(brokerProviders())(
  'on $name that advertises an address which is not reachable from here',
  ({ start }) => {
    it('says that the advertised address is the trouble', async () => {
      const broker = await start({ advertisedHost: proxyHost });
      const fixture = new KafkaFixture(broker.brokers);
      try {
        const failed = (await ended(optionsOf(fixture))).find(({ state }) => state === 'failed');
        expect(failed?.id).toMatch(/^kafka\.advertised\.127\.0\.0\.2:\d+\.tcp$/);
        expect(failed?.hint).toMatch(/advertised\.listeners/);
      } finally {
        await fixture.close();
        await broker.close();
      }
    }, 120_000);
  },
);

describe('without a broker', () => {
  let server: Server | undefined;

  afterEach(() => server?.close());

  /** A server that answers the first bytes of every connection with these. */
  async function answering(answer: string | Buffer | null): Promise<string> {
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => (answer === null ? undefined : socket.write(answer)));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async function diagnose(address: string): Promise<DoctorStep | undefined> {
    const fixture = new KafkaFixture([address]);
    try {
      return (await ended({ ...optionsOf(fixture), stepTimeoutMs: 500 })).find(
        ({ state }) => state === 'failed',
      );
    } finally {
      await fixture.close();
    }
  }

  it('says that nothing listens', async () => {
    const address = `127.0.0.1:${(await freePorts(1))[0]}`;
    expect(await probeBrokers([address])).toBe(false);
    expect(await diagnose(address)).toMatchObject({
      id: `kafka.${address}.tcp`,
      detail: expect.stringContaining('nothing listens'),
      hint: expect.stringContaining('kafka.brokers'),
    });
  });

  it('says that a name does not resolve', async () => {
    expect(await diagnose('no-such-host.invalid:9092')).toMatchObject({
      id: 'kafka.no-such-host.invalid:9092.dns',
      detail: expect.stringMatching(/resolve|name server/),
    });
  });

  it('says that something else than Kafka listens', async () => {
    const address = await answering('HTTP/1.1 400 Bad Request\r\n\r\n');
    expect(await probeBrokers([address])).toBe(false);
    expect(await diagnose(address)).toMatchObject({ detail: expect.stringContaining('not Kafka') });
  });

  it('says that the port wants TLS, and the probe takes that for a broker', async () => {
    const address = await answering(Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x46]));
    expect(await probeBrokers([address])).toBe(true);
    expect(await diagnose(address)).toMatchObject({
      detail: expect.stringContaining('TLS'),
      hint: expect.stringContaining('kafka.security.protocol'),
    });
  });

  it('says that the other end is silent', async () => {
    const address = await answering(null);
    expect(await probeBrokers([address], { timeoutMs: 200 })).toBe(false);
    expect(await diagnose(address)).toMatchObject({ id: `kafka.${address}.handshake`, state: 'failed' });
  });
});
