import { describe, expect, test } from 'vitest';
import { parseTestArguments } from '../../../scripts/lib/test-run.mjs';

describe('the arguments of npm test', () => {
  test('select everything by default, and no static checks with a filter', () => {
    expect([...parseTestArguments([]).only]).toEqual(['static', 'unit', 'integration', 'e2e']);
    const filtered = parseTestArguments(['merge']);
    expect([...filtered.only]).toEqual(['unit', 'integration', 'e2e']);
    expect(filtered.filters).toEqual(['merge']);
  });

  test('select parts', () => {
    expect([...parseTestArguments(['--only=unit', '--only=static']).only]).toEqual(['unit', 'static']);
    expect([...parseTestArguments(['--only=unit,e2e']).only]).toEqual(['unit', 'e2e']);
  });

  test('ask for a second try unless told not to', () => {
    expect(parseTestArguments([]).secondTry).toBe(true);
    const { secondTry, only } = parseTestArguments(['--no-second-try', '--only=e2e']);
    expect(secondTry).toBe(false);
    expect([...only]).toEqual(['e2e']);
  });

  test('are refused when unknown', () => {
    expect(() => parseTestArguments(['--only=all'])).toThrow("not 'all'");
    expect(() => parseTestArguments(['--watch'])).toThrow('unknown option --watch');
  });
});
