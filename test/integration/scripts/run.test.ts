import { describe, expect, test } from 'vitest';
import { run, runBin, runNpm } from '../../../scripts/lib/run.mjs';

describe('running a command to its end', () => {
  test('collects its output and exit code', async () => {
    const program = 'console.log("out"); console.error("err"); process.exitCode = 3';
    const { code, output } = await run(process.execPath, ['-e', program]);
    expect(code).toBe(3);
    expect(output.split('\n').sort()).toEqual(['', 'err', 'out']);
  });

  test('has code 127 and says why when it cannot be started', async () => {
    const { code, output } = await run('no-such-command-here', []);
    expect(code).toBe(127);
    expect(output).toContain('no-such-command-here');
  });

  test('kills it when it takes too long', async () => {
    const { code } = await run(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { timeoutMs: 200 });
    expect(code).not.toBe(0);
  });

  test('finds npm and the commands of installed packages', async () => {
    expect((await runNpm(['--version'])).output).toMatch(/^\d+\.\d+/);
    expect((await runBin('typescript', ['--version'], { bin: 'tsc' })).output).toMatch(/^Version \d+/);
  });
});
