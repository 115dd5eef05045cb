import { describe, expect, test } from 'vitest';
import { runInForeground } from '../../../scripts/lib/foreground.mjs';

const node = (program: string) => runInForeground(process.execPath, ['-e', program]);

describe('a command in the foreground', () => {
  test('passes its exit code on', async () => {
    expect(await node('process.exit(7)')).toBe(7);
    expect(await node('')).toBe(0);
  });

  test.skipIf(process.platform === 'win32')(
    'ended by a signal has the code that shells give it',
    async () => {
      expect(await node('process.kill(process.pid, "SIGTERM")')).toBe(128 + 15);
    },
  );

  test.skipIf(process.platform === 'win32')('gets the signals that we get', async () => {
    const untilTold =
      'process.on("SIGTERM", () => process.exit(3)); process.kill(process.ppid, "SIGTERM"); setInterval(() => {}, 1000)';
    expect(await node(untilTold)).toBe(3);
  });

  test('that does not exist is an error', async () => {
    await expect(runInForeground('no-such-command-here', [])).rejects.toThrow('ENOENT');
  });
});
