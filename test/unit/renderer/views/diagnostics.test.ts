import { expect, test } from 'vitest';
import {
  formatReport,
  groupSteps,
  summariseReport,
} from '../../../../src/renderer/src/views/Diagnostics/doctor-report.js';
import { formatLines, selectLines } from '../../../../src/renderer/src/views/Diagnostics/log-lines.js';

import { rejectionReasonList } from '../../../../src/renderer/src/views/Diagnostics/rejection-words.js';
import type { DoctorReport, DoctorStep, LogLine } from '../../../../src/shared/feed.js';
import { rejectionReasons } from '../../../../src/shared/rejection.js';

const step = (id: string, part: Partial<DoctorStep> = {}): DoctorStep => ({
  id,
  title: id,
  state: 'passed',
  durationMs: 2,
  detail: 'fine',
  hint: null,
  ...part,
});

const report: DoctorReport = {
  running: false,
  startedAtMs: 0,
  finishedAtMs: 62,
  steps: [
    step('kafka.localhost:9092.tcp'),
    step('websocket.nexus.dns', { state: 'failed', detail: 'unknown name', hint: 'Edit the endpoint.' }),
    step('websocket.nexus.tcp', { state: 'skipped', durationMs: null }),
    step('websocket.atlas.dns'),
  ],
};

test('the doctor’s steps are grouped by where they lead', () => {
  expect(groupSteps(report.steps).map(({ title, steps }) => [title, steps.length])).toEqual([
    ['Kafka', 1],
    ['WebSocket of nexus', 2],
    ['WebSocket of atlas', 1],
  ]);
});

test('a run is summed up in one sentence, while it runs too', () => {
  expect(summariseReport(report)).toBe('1 of 4 steps failed in 62 ms');
  expect(summariseReport({ ...report, steps: [step('kafka.a')] })).toBe(
    'All is well: 1 steps passed in 62 ms',
  );
  expect(summariseReport({ ...report, running: true })).toContain('2 passed, 1 failed so far');
});

test('the report as text says for every step what was found and what to do', () => {
  const text = formatReport(report, null);
  expect(text).toContain(
    'FAILED websocket.nexus.dns (2 ms): unknown name\n    What to do: Edit the endpoint.',
  );
  expect(text).toContain('SKIPPED websocket.nexus.tcp: fine');
});

const line = (sequence: number, part: Partial<LogLine> = {}): LogLine => ({
  sequence,
  atMs: 0,
  level: 'info',
  component: 'node',
  message: 'started',
  fields: '',
  ...part,
});

test('log lines are chosen by level and by text in message, component and fields', () => {
  const lines = [
    line(1, { level: 'error', message: 'Broken' }),
    line(2, { level: 'debug', fields: '{"peer":"Nexus"}' }),
    line(3, { component: 'nexus' }),
  ];
  const chosen = (level: LogLine['level'], text: string) =>
    selectLines(lines, level, text).map(({ sequence }) => sequence);
  expect(chosen('debug', '')).toEqual([1, 2, 3]);
  expect(chosen('info', '')).toEqual([1, 3]);
  expect(chosen('debug', ' NEXUS ')).toEqual([2, 3]);
  expect(chosen('warn', 'nexus')).toEqual([]);
});

test('copied log lines are one a line, with their fields', () => {
  expect(formatLines([line(1, { level: 'warn', fields: '{"a":1}' })])).toMatch(
    /^\d{4}-\d{2}-\d{2} [\d:.]+ WARN node: started \{"a":1\}\n$/,
  );
});

test('every reason of a rejection has its words', () => {
  expect([...rejectionReasonList].sort()).toEqual([...rejectionReasons].sort());
});
