import { expect, test } from 'vitest';
import { readDraft } from '../../../../src/renderer/src/views/Compose/draft-reading.js';
import { typedValue } from '../../../../src/renderer/src/views/Compose/form-fields.js';
import { describeRoute } from '../../../../src/renderer/src/views/Compose/routes.js';
import { defaultConfig } from '../../../../src/shared/config.js';

const draft = (text: string) => ({ text, target: 'nexus', via: 'both' as const });

test('a valid draft becomes the request, unknown fields included', () => {
  expect(readDraft(draft('{"type":"frequency_sync","frequency":0.05,"mood":"calm"}'))).toMatchObject({
    problem: null,
    request: {
      type: 'frequency_sync',
      fields: { frequency: 0.05, mood: 'calm' },
      target: 'nexus',
      via: 'both',
    },
  });
});

test('unreadable JSON tells where and offers no request', () => {
  expect(readDraft(draft('{"type": "heartbeat",}'))).toMatchObject({
    value: null,
    problem: expect.stringMatching(/^Line 1, column 22/),
    request: null,
  });
});

test.each(['{"type":"ack"}', '{"type":"toString"}', '{}'])('%s is no message to send', (text) => {
  expect(readDraft(draft(text))).toMatchObject({ type: null, request: null });
});

test('a wrong shape is refused in the words of the node', () => {
  expect(readDraft(draft('{"type":"repository_event"}'))).toMatchObject({
    type: 'repository_event',
    problem: expect.stringContaining('event_type'),
    request: null,
  });
});

test('what is typed into a number field becomes a number only when it is one', () => {
  expect(['0.043', '1e-3', '', 'abc', ' '].map((text) => typedValue('number', text))).toEqual([
    0.043,
    0.001,
    undefined,
    'abc',
    ' ',
  ]);
});

test('the route names the topic and the peers', () => {
  expect(describeRoute('heartbeat', 'nexus', 'kafka', defaultConfig)).toBe(
    'Goes to topic resonance.state.sync.',
  );
  expect(describeRoute('repository_event', 'nexus', 'both', defaultConfig)).toBe(
    'Goes to topic resonance.nexus and nexus’s WebSocket.',
  );
  expect(describeRoute('repository_event', null, 'both', defaultConfig)).toBe(
    'Goes to topic resonance.outbound and every connected peer.',
  );
});
