import { describe, expect, it } from 'vitest';
import { activeConfig, activeProfile } from '../../../src/shared/active-profile.js';
import { resolveConfig } from '../../../src/shared/resolve-config.js';

function resolved(values: Record<string, unknown>) {
  return resolveConfig([{ source: 'file', values }]);
}

describe('a profile', () => {
  const profiles = {
    prod: {
      color: 'red',
      readOnly: true,
      brokers: ['kafka.example:9093'],
      security: { protocol: 'sasl_ssl', username: 'alice' },
    },
  };

  it('takes the place of the kafka section while it is active', () => {
    const { config, problems } = resolved({ profile: 'prod', profiles });
    expect(problems).toEqual([]);
    const { kafka } = activeConfig(config);
    expect(kafka).toMatchObject({
      mode: 'external',
      brokers: ['kafka.example:9093'],
      groupId: 'resonance-group',
    });
    expect(kafka.security).toMatchObject({
      protocol: 'sasl_ssl',
      username: 'alice',
      mechanism: 'scram-sha-512',
    });
    expect(activeProfile(config)).toEqual({ name: 'prod', color: 'red', readOnly: true });
  });

  it('changes nothing while it is not', () => {
    const { config } = resolved({ profiles });
    expect(activeConfig(config)).toBe(config);
    expect(activeProfile(config)).toEqual({ name: '', color: 'grey', readOnly: false });
  });

  it('needs brokers, and is not there without', () => {
    const { config, problems } = resolved({ profiles: { test: { readOnly: true } } });
    expect(config.profiles).toEqual({});
    expect(problems).toMatchObject([{ path: 'profiles.test.brokers', given: 'nothing' }]);
  });

  it('must exist to be active', () => {
    const { config, problems } = resolved({ profile: 'prdo', profiles });
    expect(config.profile).toBe('');
    expect(problems).toMatchObject([{ path: 'profile', allowed: 'one of prod' }]);
  });
});
