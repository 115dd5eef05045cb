import { describe, expect, test } from 'vitest';
import { parseSettingsArguments } from '../../../src/main/settings/command-line.js';
import { settingsFromEnvironment } from '../../../src/main/settings/environment.js';
import { ResonanceError } from '../../../src/shared/errors.js';

describe('parseSettingsArguments', () => {
  test('takes its own flags out and leaves the rest in order', () => {
    const parsed = parseSettingsArguments([
      'start',
      '--json',
      '--config',
      'a.json',
      '--data-dir=/d',
      '--set',
      'log.level=debug',
    ]);
    expect(parsed).toEqual({
      configFile: 'a.json',
      dataDirectory: '/d',
      values: { log: { level: 'debug' } },
      rest: ['start', '--json'],
    });
  });

  test('gives each value the kind of its setting', () => {
    const { values } = parseSettingsArguments([
      '--set',
      'websocket.port=0',
      '--set',
      'node.name=123',
      '--set',
      'kafka.brokers=a:1, b:2',
      '--set',
      'websocket.allowedOrigins=["https://x.example"]',
      '--set',
      'peers.nexus=null',
    ]);
    expect(values).toEqual({
      websocket: { port: 0, allowedOrigins: ['https://x.example'] },
      node: { name: '123' },
      kafka: { brokers: ['a:1', 'b:2'] },
      peers: { nexus: null },
    });
  });

  test.each([['--set'], ['--set', 'x'], ['--config'], ['--set', '__proto__.x=1']])(
    'refuses %s %s',
    (...parameters) => {
      expect(() => parseSettingsArguments(parameters)).toThrow(ResonanceError);
    },
  );
});

describe('settingsFromEnvironment', () => {
  test('reads LOG_LEVEL in Python’s words and KAFKA_BROKERS as a list', () => {
    expect(settingsFromEnvironment({ LOG_LEVEL: 'WARNING', KAFKA_BROKERS: 'a:9092,b:9092' })).toEqual({
      log: { level: 'warn' },
      kafka: { brokers: ['a:9092', 'b:9092'] },
    });
  });

  test('passes an unknown level on, so that it is reported as any wrong value', () => {
    expect(settingsFromEnvironment({ LOG_LEVEL: 'loud' })).toEqual({ log: { level: 'loud' } });
  });
});
