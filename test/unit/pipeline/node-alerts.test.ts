import { beforeEach, expect, test } from 'vitest';
import { AlertBook } from '../../../src/main/monitor/alert-book.js';
import { NodeAlerts } from '../../../src/main/pipeline/node-alerts.js';
import { ManualClock } from '../../support/manual-clock.js';
import { createRecordingLogger, type RecordedLine } from '../../support/websocket/recording-logger.js';

let book: AlertBook;
let lines: RecordedLine[];
let alerts: NodeAlerts;

beforeEach(() => {
  book = new AlertBook({ clock: new ManualClock() });
  lines = [];
  alerts = new NodeAlerts(book, createRecordingLogger(lines));
});

const rung = (): string[] => book.list().map(({ key, message }) => `${key}: ${message}`);

test('a node that could not be started says why, with what to do, until it is started', () => {
  alerts.notStarted('the node could not be started', {
    code: 'STORAGE_FULL',
    message: 'no space left',
    retriable: true,
    hint: 'Free some.',
  });
  expect(book.list()).toMatchObject([
    { key: 'node.start', severity: 'error', message: 'no space left', hint: 'Free some.' },
  ]);
  expect(lines).toMatchObject([{ level: 'error', message: 'the node could not be started' }]);
  alerts.started();
  expect(rung()).toEqual([]);
});

test('each wrong setting is told, and no longer once it is right', () => {
  const problem = (path: string) => ({ path, source: 'file', given: '"x"', allowed: 'a number' }) as const;
  alerts.settingsProblems([problem('sync.intervalMs'), problem('websocket.port')]);
  expect(rung()).toEqual([
    'settings.sync.intervalMs: sync.intervalMs (file): got "x", expected a number',
    'settings.websocket.port: websocket.port (file): got "x", expected a number',
  ]);
  alerts.settingsProblems([problem('websocket.port')]);
  expect(book.list().map(({ key }) => key)).toEqual(['settings.websocket.port']);
});

test('a peer of the settings that falls silent rings, and no other node', () => {
  const silent = (node: string) => ({ node, health: 'silent', previous: 'healthy' }) as const;
  alerts.healthChanged(silent('stranger'), false);
  expect(rung()).toEqual([]);
  alerts.healthChanged(silent('nexus'), true);
  alerts.healthChanged(silent('aurora'), true);
  expect(rung()).toEqual(['peer.nexus: nexus has fallen silent', 'peer.aurora: aurora has fallen silent']);
  alerts.healthChanged({ node: 'nexus', health: 'healthy', previous: 'silent' }, true);
  alerts.peerLeft('aurora');
  expect(rung()).toEqual([]);
});
