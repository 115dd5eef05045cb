import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { apacheKafkaLibraries, whyApacheKafkaIsMissing } from '../../support/apache-kafka-distribution.js';
import { startTool } from '../../support/broker/run-tool.js';
import { startTestBroker } from '../../support/embedded-broker.js';

const missing = whyApacheKafkaIsMissing();
if (missing !== null)
  console.warn(`The embedded broker is not tested with Apache Kafka's client: ${missing}`);

const source = fileURLToPath(new URL('../../support/java/KafkaRoundtrip.java', import.meta.url));

it.skipIf(missing !== null)(
  'the client of Apache Kafka produces, consumes, commits and administers on the embedded broker',
  async () => {
    const broker = await startTestBroker();
    try {
      const libraries = join(await apacheKafkaLibraries(), '*');
      const java = startTool('java', ['-Xmx128m', '-cp', libraries, source, broker.brokers[0] ?? '', '300']);
      const { code, lines, errors } = await java.ended();
      expect(errors).not.toContain('Exception');
      expect(lines.at(-1)).toBe('read=300 committed=300 state=Empty topics=[]');
      expect(code).toBe(0);
    } finally {
      await broker.close();
    }
  },
  60_000,
);
