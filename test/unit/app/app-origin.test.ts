import { describe, expect, test } from 'vitest';
import { createAppOrigin } from '../../../src/main/app/app-origin.js';

describe('the origin of the window’s page', () => {
  test('is app://resonance without a development server', () => {
    const origin = createAppOrigin(undefined);
    expect(origin.entryUrl).toBe('app://resonance/index.html');
    expect(origin.isDevelopment).toBe(false);
    expect(origin.owns('app://resonance/index.html#messages')).toBe(true);
  });

  test.each([
    'https://resonance/index.html',
    'app://resonance.example/index.html',
    'app://resonance@example/index.html',
    'file:///srv/renderer/index.html',
    'about:blank',
    '',
  ])('does not own %s', (url) => {
    expect(createAppOrigin(undefined).owns(url)).toBe(false);
  });

  test('is the development server’s when that runs on this machine', () => {
    const origin = createAppOrigin('http://localhost:5173');
    expect(origin).toMatchObject({ entryUrl: 'http://localhost:5173/', isDevelopment: true });
    expect(origin.owns('http://localhost:5173/src/main.tsx')).toBe(true);
    expect(origin.owns('http://localhost:5174/')).toBe(false);
    expect(origin.owns('app://resonance/index.html')).toBe(false);
  });

  test.each(['http://example.com:5173', 'https://localhost:5173', 'file:///etc/passwd', 'nonsense'])(
    'is not taken from %s',
    (url) => {
      expect(createAppOrigin(url)).toMatchObject({ isDevelopment: false });
    },
  );
});
