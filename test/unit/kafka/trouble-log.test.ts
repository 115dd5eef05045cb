import { expect, test } from 'vitest';
import { TroubleLog } from '../../../src/main/kafka/trouble-log.js';
import { createLogger } from '../../../src/main/log/logger.js';
import { ResonanceError } from '../../../src/shared/errors.js';
import { ManualClock } from '../../support/manual-clock.js';

test('a trouble that lasts is said once, another one too, and the end of both', () => {
  const lines: string[] = [];
  const { logger, setLevel } = createLogger({
    sinks: [{ write: ({ level, message }) => lines.push(`${level} ${message}`) }],
    clock: new ManualClock(),
  });
  setLevel('info');
  const log = new TroubleLog(logger);
  const unreachable = new ResonanceError('KAFKA_UNREACHABLE', 'nothing listens');
  const refused = new ResonanceError('KAFKA_AUTHENTICATION_FAILED', 'wrong password');
  log.over('connected');
  for (const trouble of [unreachable, unreachable, unreachable, refused, refused]) log.failed(trouble, {});
  log.over('connected');
  log.over('connected');
  log.failed(refused, {});
  expect(lines).toEqual([
    'warn nothing listens',
    'warn wrong password',
    'info connected',
    'warn wrong password',
  ]);
});
