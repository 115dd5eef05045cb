import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dropLauncherArguments, parseAppArguments } from '../../../src/main/app/command-line.js';

describe('what of argv is the app’s', () => {
  const folder = resolve('/srv/resonance');

  test('is everything after the app’s folder, whatever Electron and test drivers put before it', () => {
    const argv = ['/electron', '--no-sandbox', '-r', '/loader.js', '--inspect=0', folder, '--data-dir', 'x'];
    expect(dropLauncherArguments(argv, folder)).toEqual(['--data-dir', 'x']);
  });

  test('is everything but the executable in a packaged app', () => {
    expect(dropLauncherArguments(['/opt/resonance', '--screenshot', 'a.png'], null)).toEqual([
      '--screenshot',
      'a.png',
    ]);
  });
});

describe('the app’s flags', () => {
  test('are taken in both spellings, with paths made absolute', () => {
    expect(parseAppArguments(['--data-dir', 'data', '--screenshot=out.png'], '/home/op')).toEqual({
      dataDirectory: resolve('/home/op/data'),
      screenshotFile: resolve('/home/op/out.png'),
      settingsArguments: [],
    });
  });

  test('leave the settings’ flags to the settings, in order', () => {
    const { settingsArguments } = parseAppArguments([
      '--set',
      'websocket.port=0',
      '--config=resonance.json',
      '--set=node.name=a=b',
    ]);
    expect(settingsArguments).toEqual([
      '--set',
      'websocket.port=0',
      '--config',
      'resonance.json',
      '--set',
      'node.name=a=b',
    ]);
  });

  test('pass over Chromium’s switches', () => {
    expect(parseAppArguments(['--no-sandbox', '--force-dark-mode'])).toEqual({
      dataDirectory: null,
      screenshotFile: null,
      settingsArguments: [],
    });
  });

  test.each(['--data-dir', '--screenshot', '--set', '--config'])('%s without a value is an error', (flag) => {
    expect(() => parseAppArguments([flag])).toThrow(`${flag} needs a value`);
  });

  test.each(['websocket.port', '=0'])('--set %s is an error', (assignment) => {
    expect(() => parseAppArguments(['--set', assignment])).toThrow(`--set ${assignment}: expected KEY=VALUE`);
  });
});
