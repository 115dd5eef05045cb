import { describe, expect, it } from 'vitest';
import { translateKafkaError } from '../../../src/main/kafka/translate-error.js';
import { ResonanceError } from '../../../src/shared/errors.js';

/** An error as kafkajs makes them, without being one. */
function kafkaError(name: string, fields: Record<string, unknown> = {}, cause?: unknown): Error {
  return Object.assign(new Error(`${name} said so`, { cause }), { name, ...fields });
}

function translate(error: unknown): ResonanceError {
  return translateKafkaError(error, 'sending to resonance.inbound', 'kafka-1:9092');
}

describe('translating an error of kafkajs', () => {
  it.each([
    [{ code: 'ECONNREFUSED' }, 'KAFKA_UNREACHABLE', true, /nothing listens at kafka-2:9092/],
    [{ code: 'ENOTFOUND' }, 'KAFKA_UNREACHABLE', true, /host name of kafka-2:9092/],
    [{ code: 'ETIMEDOUT' }, 'KAFKA_TIMEOUT', true, /did not answer/],
    [{ code: 'CERT_HAS_EXPIRED' }, 'KAFKA_TLS_FAILED', false, /expired/],
    [{ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, 'KAFKA_TLS_FAILED', false, /another host name/],
    [{ code: 'EPROTO' }, 'KAFKA_TLS_FAILED', false, /does not speak TLS/],
  ])('reads a connection error %o', (fields, code, retriable, message) => {
    const error = translate(kafkaError('KafkaJSConnectionError', { ...fields, broker: 'kafka-2:9092' }));
    expect(error).toMatchObject({ code, retriable, message: expect.stringMatching(message) });
    expect(error.hint).toMatch(/\.$/);
  });

  it.each([
    ['UNKNOWN_TOPIC_OR_PARTITION', 'KAFKA_TOPIC_UNKNOWN', true],
    ['TOPIC_ALREADY_EXISTS', 'KAFKA_TOPIC_EXISTS', false],
    ['MESSAGE_TOO_LARGE', 'KAFKA_MESSAGE_TOO_LARGE', false],
    ['NON_EMPTY_GROUP', 'KAFKA_GROUP_NOT_EMPTY', true],
    ['TOPIC_AUTHORIZATION_FAILED', 'KAFKA_NOT_AUTHORIZED', false],
    ['SASL_AUTHENTICATION_FAILED', 'KAFKA_AUTHENTICATION_FAILED', false],
    ['NOT_ENOUGH_REPLICAS', 'KAFKA_FAILED', true],
    ['REQUEST_TIMED_OUT', 'KAFKA_TIMEOUT', true],
    ['LEADER_NOT_AVAILABLE', 'KAFKA_UNREACHABLE', true],
    ['NOT_LEADER_FOR_PARTITION', 'KAFKA_UNREACHABLE', true],
    ['GROUP_LOAD_IN_PROGRESS', 'KAFKA_UNREACHABLE', true],
  ])('reads the broker’s answer %s', (type, code, retriable) => {
    expect(translate(kafkaError('KafkaJSProtocolError', { type, code: 3 }))).toMatchObject({
      code,
      retriable,
    });
  });

  it.each([
    { code: 'ECONNRESET', name: 'KafkaJSConnectionError' },
    { code: 'EPIPE', name: 'KafkaJSConnectionError' },
    { name: 'KafkaJSConnectionClosedError' },
  ])('does not suspect the protocol of a broker that was spoken with: %o', ({ name, ...fields }) => {
    expect(translate(kafkaError(name, fields)).hint).not.toContain('TLS');
    const unanswered = kafkaError('KafkaJSConnectionError', { code: 'DROPPED_UNANSWERED' });
    expect(translate(unanswered).hint).toContain('TLS');
  });

  it('looks through the wrappers for the most specific cause', () => {
    const cause = kafkaError('KafkaJSConnectionError', { code: 'ECONNREFUSED', broker: 'kafka-2:9092' });
    const retries = kafkaError('KafkaJSNumberOfRetriesExceeded', { retriable: false }, cause);
    const error = translate(kafkaError('KafkaJSNonRetriableError', { retriable: false }, retries));
    expect(error).toMatchObject({ code: 'KAFKA_UNREACHABLE', retriable: true });
  });

  it.each([
    [
      "Host: kafka-2. is not in the cert's altnames: DNS:kafka.example.org, IP Address:10.0.0.7",
      /another host name \(kafka\.example\.org, 10\.0\.0\.7\)$/,
    ],
    ["IP: 127.0.0.1 is not in the cert's list: ", /another host name$/],
  ])('says whom a certificate is for, where Node does: %s', (reason, message) => {
    const error = Object.assign(new Error(`Hostname/IP does not match certificate's altnames: ${reason}`), {
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
    expect(translate(error).message).toMatch(message);
  });

  it('names the bootstrap servers where the error names no broker, and says what was tried', () => {
    const error = translate(kafkaError('KafkaJSRequestTimeoutError'));
    expect(error).toMatchObject({
      code: 'KAFKA_TIMEOUT',
      message: expect.stringMatching(/^sending to resonance\.inbound: kafka-1:9092 /),
    });
  });

  it('keeps what it does not know, with the original as its cause', () => {
    const original = kafkaError('KafkaJSError', { retriable: true });
    expect(translate(original)).toMatchObject({ code: 'KAFKA_FAILED', retriable: true, cause: original });
    expect(translate('a string')).toMatchObject({ code: 'KAFKA_FAILED', retriable: false });
  });

  it('takes a stumble inside kafkajs for one that another try may not meet', () => {
    const wrapped = kafkaError(
      'KafkaJSNonRetriableError',
      { retriable: false },
      new Error('Broker not connected'),
    );
    expect(translate(wrapped)).toMatchObject({ code: 'KAFKA_FAILED', retriable: true });
    const refused = kafkaError('KafkaJSNonRetriableError', { retriable: false });
    expect(translate(refused)).toMatchObject({ code: 'KAFKA_FAILED', retriable: false });
  });

  it('leaves what is translated already', () => {
    const error = new ResonanceError('QUEUE_FULL', 'full');
    expect(translate(error)).toBe(error);
  });
});
