import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { apacheKafkaVersion } from '../support/apache-kafka-distribution.js';
import { apacheKafkaSettings } from '../support/apache-kafka-settings.js';

const text = readFileSync(new URL('../../docker-compose.yml', import.meta.url), 'utf8');

/** The entries of a block that an anchor names, those that it merges included; enough of YAML for this one file. */
function blockOf(anchor: string): Record<string, string> {
  const [, body = ''] = new RegExp(`&${anchor}\\n((?: {2}.*\\n)+)`).exec(text) ?? [];
  const entries = [...body.matchAll(/^ {2}(\S+): (.*)$/gm)].map(([, key = '', value = '']) => [key, value]);
  const merged = entries.filter(([key]) => key === '<<').map(([, value = '']) => blockOf(value.slice(1)));
  const own = entries
    .filter(([key]) => key !== '<<')
    .map(([key, value = '']) => [key, value.replace(/^['"]|['"]$/g, '')]);
  return Object.assign({}, ...merged, Object.fromEntries(own));
}

/** As the image of Apache Kafka maps a server's properties to environment variables. */
function asVariables(settings: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      `KAFKA_${name.replaceAll('.', '_').toUpperCase()}`,
      value,
    ]),
  );
}

describe('docker-compose.yml', () => {
  it('has the server settings that the tests run on, for one node and for three', () => {
    expect(blockOf('one-node')).toEqual(asVariables(apacheKafkaSettings(1)));
    expect(blockOf('three-nodes')).toEqual(asVariables(apacheKafkaSettings(3)));
  });

  it('names the version that the tests run on, in every service', () => {
    const images = [...text.matchAll(/image: (.*)/g)].map(([, image]) => image);
    expect(images).toEqual(Array.from({ length: 4 }, () => `apache/kafka:${apacheKafkaVersion}`));
  });

  it('listens on this machine alone', () => {
    const ports = [...text.matchAll(/ports: \[['"](.*)['"]\]/g)].map(([, port = '']) => port);
    expect(ports).toHaveLength(4);
    expect(ports.every((port) => port.startsWith('127.0.0.1:'))).toBe(true);
  });
});
