import { describe, expect, test } from 'vitest';
import { configSchema, defaultConfig } from '../../../src/shared/config.js';
import { checkSettingAt, formatConfigProblem, resolveConfig } from '../../../src/shared/resolve-config.js';
import { settingFields } from '../../../src/shared/setting-fields.js';

describe('resolveConfig', () => {
  test('gives the defaults of the user’s document when no source says anything', () => {
    const { config, problems, sources } = resolveConfig([]);
    expect(config).toEqual(defaultConfig);
    expect(problems).toEqual([]);
    expect(sources['kafka.brokers']).toBe('default');
    expect(configSchema.safeParse(config).success).toBe(true);
  });

  test('lets flags win over the environment and the environment over the file, and remembers which', () => {
    const { config, sources } = resolveConfig([
      {
        source: 'file',
        values: { log: { level: 'debug' }, websocket: { port: 1 }, sync: { intervalMs: 500 } },
      },
      { source: 'environment', values: { log: { level: 'warn' }, websocket: { port: 2 } } },
      { source: 'flag', values: { websocket: { port: 3 } } },
    ]);
    expect([config.sync.intervalMs, config.log.level, config.websocket.port]).toEqual([500, 'warn', 3]);
    expect([sources['sync.intervalMs'], sources['log.level'], sources['websocket.port']]).toEqual([
      'file',
      'environment',
      'flag',
    ]);
  });

  test('reports a wrong value in one line and keeps the value of the next lower source', () => {
    const { config, problems } = resolveConfig([
      { source: 'file', values: { websocket: { port: 9000 } } },
      { source: 'flag', values: { websocket: { port: 70_000 } } },
    ]);
    expect(config.websocket.port).toBe(9000);
    expect(problems.map(formatConfigProblem)).toEqual([
      'websocket.port (flag): got 70000, expected a whole number from 0 to 65535',
    ]);
  });

  test('suggests the nearest name for a setting that does not exist', () => {
    const { problems } = resolveConfig([{ source: 'file', values: { websocket: { prot: 1 } } }]);
    expect(problems[0]?.allowed).toContain('did you mean websocket.port?');
  });

  test.each([null, [], 'text', 5])('survives a source that is %j', (values) => {
    const { config, problems } = resolveConfig([{ source: 'file', values }]);
    expect(config).toEqual(defaultConfig);
    expect(problems).toHaveLength(1);
  });

  test('merges peers by name, gives a peer without a topic its own, and takes away one that is null', () => {
    const { config, problems } = resolveConfig([
      { source: 'file', values: { peers: { aurora: { websocket: 'ws://127.0.0.1:9' }, nexus: null } } },
    ]);
    expect(problems).toEqual([]);
    expect(Object.keys(config.peers).sort()).toEqual(['aurora', 'lexamoris']);
    expect(config.peers.aurora?.topic).toBe('resonance.aurora');
  });

  test('refuses a peer without an endpoint, and peers whose names are no names', () => {
    const { config, problems } = resolveConfig([
      {
        source: 'file',
        values: JSON.parse(
          '{"peers":{"aurora":{"topic":"t"},"__proto__":{"websocket":"ws://x"},"a b":{"topic":"t"}}}',
        ),
      },
    ]);
    expect(Object.keys(config.peers).sort()).toEqual(['lexamoris', 'nexus']);
    expect(problems.map((problem) => problem.path).sort()).toEqual([
      'peers.__proto__.websocket',
      'peers.a b.topic',
      'peers.aurora.websocket',
    ]);
    expect(Object.hasOwn(Object.prototype, 'websocket')).toBe(false);
  });

  test('puts the words of the schema into the problem of a malformed endpoint', () => {
    const problem = checkSettingAt('peers.nexus.websocket', 'http://nexus', 'file');
    expect(problem?.allowed).toContain('ws://');
  });

  test('describes every setting: a title, a description and what is allowed', () => {
    expect(settingFields.length).toBeGreaterThan(20);
    for (const field of settingFields) {
      expect(field.title, field.path).not.toBe(field.path);
      expect(field.description, field.path).not.toBe('');
    }
  });
});
