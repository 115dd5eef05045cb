import { describe, expect, test } from 'vitest';
import {
  fieldAt,
  readJsonObject,
  starterFields,
  withField,
  withType,
} from '../../../../src/renderer/src/stores/compose-draft.js';
import { messageProblem } from '../../../../src/renderer/src/validation/validate-message.js';
import { defaultConfig } from '../../../../src/shared/config.js';
import { messageTypes } from '../../../../src/shared/message.js';

describe('reading JSON', () => {
  test('gives the object', () => {
    expect(readJsonObject('{"a":1}')).toEqual({ ok: true, value: { a: 1 } });
  });

  test.each([
    ['{"a": 1,\n "b" 2}', 2, 6],
    ['{"a": 1,\n "b": ', 2, 7],
    ['{\n  "frequency": 0.043,\n}', 3, 1],
  ])('tells line and column of what is wrong in %j', (text, line, column) => {
    const reading = readJsonObject(text);
    expect(reading).toMatchObject({ ok: false, problem: { line, column } });
  });

  test.each(['[]', '3', 'null', '"text"'])('refuses %s: a message is an object', (text) => {
    expect(readJsonObject(text)).toMatchObject({ ok: false, problem: { message: /object/ } });
  });
});

test.each(messageTypes)('a fresh %s can be sent as it is', (type) => {
  expect(messageProblem({ type, ...starterFields(type, defaultConfig) })).toBeNull();
});

test('a wrong value is named in the words of the node', () => {
  expect(messageProblem({ type: 'frequency_sync', frequency: '0.043' })).toContain('frequency');
});

test('another type keeps what both know', () => {
  const value = withType({ type: 'frequency_sync', frequency: 0.05, s_roi: 0.6 }, 's_roi_update', null);
  expect(value).toEqual({ type: 's_roi_update', s_roi: 0.6 });
});

test('the data of a state does not become the data of an event', () => {
  const value = withType({ type: 'state_update', data: { frequency: 1 } }, 'repository_event', null);
  expect(fieldAt(value, ['data'])).toEqual({ message: '' });
});

test('a field is set at its path, made where it is missing, and taken out', () => {
  const value = withField({ type: 'x', data: { a: 1 } }, ['data', 'b'], 2);
  expect(value).toEqual({ type: 'x', data: { a: 1, b: 2 } });
  expect(withField({ data: 'text' }, ['data', 'b'], 2)).toEqual({ data: { b: 2 } });
  expect(withField(value, ['data', 'a'], undefined)).toEqual({ type: 'x', data: { b: 2 } });
});
