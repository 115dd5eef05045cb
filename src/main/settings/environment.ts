import { findSettingField } from '../../shared/setting-fields.js';
import { coerceSetting } from './command-line.js';

/** Python's level names, which the old nodes' LOG_LEVEL uses, beside our own. */
const logLevelNames: Readonly<Record<string, string>> = {
  critical: 'error',
  fatal: 'error',
  error: 'error',
  warning: 'warn',
  warn: 'warn',
  info: 'info',
  debug: 'debug',
  notset: 'debug',
};

/** Settings taken from the environment: `LOG_LEVEL` and `KAFKA_BROKERS` (comma separated). */
export function settingsFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  const level = environment.LOG_LEVEL;
  if (level !== undefined && level !== '')
    values.log = { level: logLevelNames[level.toLowerCase()] ?? level };
  const brokers = environment.KAFKA_BROKERS;
  if (brokers !== undefined && brokers !== '') {
    values.kafka = { brokers: coerceSetting(findSettingField('kafka.brokers'), brokers) };
  }
  return values;
}
