import { expect, test } from 'vitest';
import { gist } from '../../../../src/renderer/src/views/Messages/gist.js';

test.each([
  ['{"type":"heartbeat","timestamp":"2026","anchor":"A"}', '{"anchor":"A"}'],
  ['{"anchor": "A", "type": "heartbeat"}', '{"anchor": "A"}'],
  ['{"type":"s","data":{"type":"kept","id":"kept"}}', '{"data":{"type":"kept","id":"kept"}}'],
  ['{"type":"frequency_sync","frequency":0.04', '{"frequency":0.04…'],
  ['{"type":"s","data":{"status":"supraleit', '{"data":{"status":"supraleit…'],
  ['{"source":"a \\"quoted\\" name","s_roi":1}', '{"s_roi":1}'],
])('the gist of %s is %s', (preview, text) => {
  expect(gist(preview)).toBe(text);
});
