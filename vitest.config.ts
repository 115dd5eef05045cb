import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // Integration tests mostly wait for sockets and disks: by default two cores would run one file at a time.
    maxWorkers: Math.max(4, availableParallelism() - 1),
    tags: [
      { name: 'no-second-try', description: 'chance has no part in it: see docs/decisions/test-tools.md' },
    ],
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.{ts,tsx}'] } },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: 'test/support/say-where-kafka-is-missing.ts',
        },
      },
      // Half an hour of faults, for `npm run test:soak` alone.
      ...(process.env.RESONANCE_SOAK === undefined
        ? []
        : [{ extends: true as const, test: { name: 'soak', include: ['test/soak/**/*.soak.ts'] } }]),
    ],
  },
});
