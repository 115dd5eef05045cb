import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseStartArguments } from '../../../scripts/lib/start-app.mjs';

describe('the arguments of npm start', () => {
  const from = resolve('somewhere');

  test('go to the app, with files and folders found from where the user stands', () => {
    expect(parseStartArguments(['--screenshot', 'out.png', '--set', 'websocket.port=0'], from)).toEqual({
      headless: false,
      appArguments: ['--screenshot', join(from, 'out.png'), '--set', 'websocket.port=0'],
    });
  });

  test('may be joined to their option, and absolute', () => {
    const config = resolve('elsewhere', 'a=b.json');
    expect(parseStartArguments([`--config=${config}`, '--data-dir=data'], from).appArguments).toEqual([
      '--config',
      config,
      '--data-dir',
      join(from, 'data'),
    ]);
  });

  test('ask for the node alone with --headless, which the app does not get', () => {
    expect(parseStartArguments(['--headless', '--json'], from)).toEqual({
      headless: true,
      appArguments: ['--json'],
    });
  });

  test('leave an option without its value for the app to refuse', () => {
    expect(parseStartArguments(['--screenshot'], from).appArguments).toEqual(['--screenshot']);
  });
});
