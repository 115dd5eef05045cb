import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { SpreadFaults } from './test/support/spread-faults.js';

/** Some of these mend kafkajs, others look at it as it comes: each needs one of its own. */
const mendKafkajs = 'test/unit/kafka/**/*.test.ts';

export default defineConfig({
  test: {
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // Integration tests mostly wait for sockets and disks: by default two cores would run one file at a time.
    maxWorkers: Math.max(4, availableParallelism() - 1),
    sequence: { sequencer: SpreadFaults },
    tags: [
      { name: 'no-second-try', description: 'chance has no part in it: see docs/decisions/test-tools.md' },
    ],
    projects: [
      // They share nothing that changes, so they may share their modules: a third of the time.
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.{ts,tsx}'],
          exclude: [mendKafkajs],
          isolate: false,
        },
      },
      { extends: true, test: { name: 'unit-kafka', include: [mendKafkajs] } },
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
