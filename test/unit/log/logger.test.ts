import { describe, expect, test } from 'vitest';
import { createLogger, type LogEntry } from '../../../src/main/log/logger.js';
import { createStreamSink } from '../../../src/main/log/stream-sink.js';
import { ResonanceError } from '../../../src/shared/errors.js';
import type { LogLevel } from '../../../src/shared/logger.js';

function createKept(level: LogLevel = 'debug') {
  const entries: LogEntry[] = [];
  const control = createLogger({
    sinks: [{ write: (entry) => entries.push(entry) }],
    level,
    clock: { wallMs: () => 1_768_269_600_000 },
  });
  return { ...control, control, entries };
}

const fieldsOf = (entries: readonly LogEntry[]): unknown => JSON.parse(entries.at(-1)?.fields ?? '');

describe('a logger', () => {
  test('writes what its level lets through, and a new level applies to every child at once', () => {
    const { control, entries } = createKept('warn');
    const child = control.logger.child('kafka');
    child.info('hidden');
    child.warn('shown');
    control.setLevel('debug');
    child.debug('shown too');
    expect(entries.map(({ component, level, message }) => [component, level, message])).toEqual([
      ['kafka', 'warn', 'shown'],
      ['kafka', 'debug', 'shown too'],
    ]);
  });

  test('masks secrets wherever they are', () => {
    const { logger, entries } = createKept();
    logger.info('connect', {
      user: 'me',
      password: 'hunter2',
      sasl: { mechanism: 'plain', saslPassword: 'hunter2', nested: [{ access_token: 'hunter2' }] },
      headers: { Authorization: 'hunter2', 'x-api-key': 'hunter2' },
      clientSecret: 'hunter2',
    });
    expect(entries[0]?.fields).not.toContain('hunter2');
    expect(fieldsOf(entries)).toMatchObject({ user: 'me', password: '***', sasl: { mechanism: 'plain' } });
  });

  test('bears any context: cycles, errors, bytes, big and deep values', () => {
    const { logger, entries } = createKept();
    const cycle: Record<string, unknown> = { name: 'loop' };
    cycle.self = cycle;
    const error = new ResonanceError('KAFKA_TIMEOUT', 'too slow', { cause: new Error('socket') });
    logger.error('all of it', {
      cycle,
      error,
      bytes: new Uint8Array(9),
      big: 10n,
      many: Array(100).fill(1),
      long: 'x'.repeat(9_000),
    });
    expect(fieldsOf(entries)).toMatchObject({
      cycle: { name: 'loop', self: '[circular]' },
      error: {
        name: 'ResonanceError',
        message: 'too slow',
        code: 'KAFKA_TIMEOUT',
        cause: { message: 'socket' },
      },
      bytes: '[9 bytes]',
      big: '10',
    });
    expect(entries[0]?.fields.length).toBeLessThan(4_000);
  });

  test('goes on when a sink throws, and counts it', () => {
    const entries: LogEntry[] = [];
    const control = createLogger({
      sinks: [
        {
          write: () => {
            throw new Error('full');
          },
        },
        { write: (entry) => entries.push(entry) },
      ],
      clock: { wallMs: () => 0 },
    });
    control.logger.info('x');
    expect(entries).toHaveLength(1);
    expect(control.sinkFailures).toBe(1);
  });
});

describe('a stream sink', () => {
  function createStream(unreadBytes = 0) {
    const stream = {
      text: '',
      writableLength: unreadBytes,
      write: (text: string): boolean => {
        stream.text += text;
        return true;
      },
    };
    return stream;
  }

  function createStreamLogger(stream: ReturnType<typeof createStream>, format: 'json' | 'pretty') {
    return createLogger({
      sinks: [createStreamSink({ stream, format })],
      clock: { wallMs: () => 1_768_269_600_000 },
    }).logger;
  }

  test('writes one JSON object a line', () => {
    const stream = createStream();
    const logger = createStreamLogger(stream, 'json');
    logger.info('two\nlines', { a: 1 });
    logger.child('kafka').warn('plain');
    expect(
      stream.text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      {
        time: '2026-01-13T02:00:00.000Z',
        level: 'info',
        component: 'node',
        message: 'two\nlines',
        fields: { a: 1 },
      },
      { time: '2026-01-13T02:00:00.000Z', level: 'warn', component: 'kafka', message: 'plain' },
    ]);
  });

  test('writes one readable line each, which no message breaks out of', () => {
    const stream = createStream();
    createStreamLogger(stream, 'pretty').error('a\nb\u001b[31mred', { why: 'x' });
    expect(stream.text).toBe('2026-01-13T02:00:00.000Z error node: a b [31mred {"why":"x"}\n');
  });

  test('drops lines while nobody reads, and says how many', () => {
    const stream = createStream(2_000_000);
    const logger = createStreamLogger(stream, 'pretty');
    logger.info('one');
    logger.info('two');
    expect(stream.text).toBe('');
    stream.writableLength = 0;
    logger.info('three');
    expect(stream.text).toContain('2 log lines were dropped');
    expect(stream.text).toContain('three');
  });
});
