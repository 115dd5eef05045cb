import { describe, expect, it } from 'vitest';
import { ErrorCode } from '../../../src/main/broker/protocol/error-code.js';
import { whyNoInjection, whyNoSmallDisk } from '../../support/faults/disk.js';
import { expectWithinBounds } from '../../support/faults/expect-row.js';
import { type DiskFault, type DiskRowResult, runDiskRow } from '../../support/faults/rows/disk-row.js';

const noInjection = await whyNoInjection();
const promises =
  'sends refused with the reason, nothing acknowledged that is not on disk, resumes within 5 s';

interface DiskCase {
  readonly fault: DiskFault;
  readonly title: string;
  /** Why operators' messages are refused. */
  readonly code: string;
  readonly missing: string | null;
}

const cases: readonly DiskCase[] = [
  { fault: 'full', title: 'is full', code: 'STORAGE_FULL', missing: whyNoSmallDisk() },
  { fault: 'read-only', title: 'is read-only', code: 'STORAGE_FAILED', missing: noInjection },
  {
    fault: 'unsynced',
    title: 'fails each sync with EIO',
    code: 'STORAGE_FAILED',
    missing: noInjection,
  },
];

function expectHonest({ refusals, settingsRefusal, alerts, log }: DiskRowResult, code: string) {
  expect([...refusals]).toEqual([code]);
  expect(settingsRefusal).toBe(code);
  expect(alerts.during).toContain('storage.outbox');
  expect(alerts.after).toEqual([]);
  expect(log).toContain('was reopened and read back after a failure');
}

describe.each(cases)('a node whose disk $title', ({ fault, code, missing }) => {
  it(`with the embedded broker: ${promises}`, async ({ skip }) => {
    if (missing !== null) return skip(missing);
    const result = await runDiskRow({ fault, broker: 'embedded', durationMs: 1_500 });
    expectWithinBounds(result);
    expectHonest(result, code);
    expect(result.failedSyncs > 10).toBe(fault === 'unsynced');
    expect(result.alerts.during).toContain('storage.broker');
    expect(result.offsetRefusal).toBe(ErrorCode.COORDINATOR_NOT_AVAILABLE);
  }, 120_000);

  it(`with a broker elsewhere: ${promises}`, async ({ skip }) => {
    if (missing !== null) return skip(missing);
    const result = await runDiskRow({ fault, broker: 'elsewhere', durationMs: 1_500 });
    expectWithinBounds(result);
    expectHonest(result, code);
  }, 120_000);
});
