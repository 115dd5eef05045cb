import { describe, expect, test } from 'vitest';
import { encodeAuthority, hasDisplay } from '../../../scripts/lib/display.mjs';

describe('the display', () => {
  test('is there on a desktop and wherever the environment names one', () => {
    expect(hasDisplay({}, 'darwin')).toBe(true);
    expect(hasDisplay({ DISPLAY: ':0' }, 'linux')).toBe(true);
    expect(hasDisplay({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux')).toBe(true);
    expect(hasDisplay({ DISPLAY: '' }, 'linux')).toBe(false);
  });

  test('is guarded by a cookie that fits any display number', () => {
    const bytes = encodeAuthority(Buffer.from([1, 2, 3]));
    const name = Buffer.from('MIT-MAGIC-COOKIE-1');
    expect(bytes).toEqual(Buffer.from([0xff, 0xff, 0, 0, 0, 0, 0, name.length, ...name, 0, 3, 1, 2, 3]));
  });
});
