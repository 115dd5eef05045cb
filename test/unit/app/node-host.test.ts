import { describe, expect, test } from 'vitest';
import { NodeHost } from '../../../src/main/app/node-host.js';
import type { NodeRuntime } from '../../../src/main/pipeline/node-runtime.js';
import { ResonanceError } from '../../../src/shared/errors.js';

/** A node that does nothing but say what it was told. */
function createIdleRuntime() {
  const calls: string[] = [];
  const runtime: NodeRuntime = {
    start: async () => void calls.push('start'),
    stop: async (deadlineMs) => void calls.push(`stop within ${deadlineMs} ms`),
    execute: () => Promise.reject(new ResonanceError('NOT_FOUND', 'nothing to execute')),
    onFeed: () => () => undefined,
    onSettings: () => () => undefined,
    unsentCount: () => 3,
  };
  return { calls, runtime };
}

describe('the node of the window', () => {
  test('is awaited by commands that come before it exists', async () => {
    const { calls, runtime } = createIdleRuntime();
    const host = new NodeHost();
    const early = host.runtime();
    expect(host.unsentCount()).toBe(0);
    await host.start(
      async () => runtime,
      () => calls.push('connected'),
    );
    expect(await early).toBe(runtime);
    expect(calls).toEqual(['connected', 'start']);
    expect(host.unsentCount()).toBe(3);
  });

  test('that can’t be made tells every command why', async () => {
    const host = new NodeHost();
    const cause = new ResonanceError('DATA_DIRECTORY_LOCKED', 'in use');
    const early = host.runtime();
    const failure = () => Promise.reject(cause);
    await expect(host.start(failure, () => undefined)).rejects.toBe(cause);
    await expect(early).rejects.toBe(cause);
    await expect(host.runtime()).rejects.toBe(cause);
    await expect(host.stop(1_000)).resolves.toBeUndefined();
  });

  test('is stopped once, and takes no commands then', async () => {
    const { calls, runtime } = createIdleRuntime();
    const host = new NodeHost();
    await host.start(
      async () => runtime,
      () => undefined,
    );
    await Promise.all([host.stop(2_000), host.stop(500)]);
    expect(calls).toEqual(['start', 'stop within 2000 ms']);
    await expect(host.runtime()).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
  });

  test('is not started any more when quitting overtook its making', async () => {
    const { calls, runtime } = createIdleRuntime();
    const host = new NodeHost();
    let made: (runtime: NodeRuntime) => void = () => undefined;
    const starting = host.start(
      () =>
        new Promise((resolve) => {
          made = resolve;
        }),
      () => undefined,
    );
    await host.stop(1_000);
    made(runtime);
    await starting;
    expect(calls).toEqual([]);
  });
});
