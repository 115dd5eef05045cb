import { relative, sep } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolveAppFile } from '../../../src/main/app/app-files.js';

const root = `${sep}srv${sep}renderer`;

describe('files behind app://', () => {
  test.each([
    ['app://resonance/index.html', 'index.html', 'text/html; charset=utf-8'],
    ['app://resonance/assets/index-a1.js', `assets${sep}index-a1.js`, 'text/javascript; charset=utf-8'],
    ['app://resonance/assets/a%20b.css?x#y', `assets${sep}a b.css`, 'text/css; charset=utf-8'],
    ['app://resonance/f.woff2', 'f.woff2', 'font/woff2'],
  ])('%s is served with its type', (address, path, contentType) => {
    expect(resolveAppFile(root, address)).toEqual({ ok: true, path: `${root}${sep}${path}`, contentType });
  });

  test.each([
    ['app://resonance/%2e%2e%2fsecret.js', 403],
    ['app://resonance/assets/..%2f..%2f..%2fetc%2fpasswd.js', 403],
    ['app://resonance/..%5c..%5csecret.js', 400],
    ['app://resonance/C:/secret.js', 400],
    ['app://resonance/index.html%00.js', 400],
    ['app://resonance/%E0%A4%A', 400],
    ['app://elsewhere/index.html', 403],
    ['app://resonance:8080/index.html', 403],
    ['https://resonance/index.html', 403],
    ['app://resonance/', 404],
    ['app://resonance/passwd', 404],
    ['app://resonance/settings.toml', 404],
    ['not an address', 400],
  ])('%s is refused with %i', (address, status) => {
    expect(resolveAppFile(root, address)).toEqual({ ok: false, status });
  });

  test('no address reaches a file outside the folder', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '..',
        '.',
        '%2e%2e',
        '%2E.',
        '/',
        '%2f',
        '\\',
        '%5c',
        '%00',
        'a',
        ':',
        'renderer2',
        '~',
      ),
      fc.string({ maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const file = resolveAppFile(root, `app://resonance/${pieces.join('')}.js`);
        const [first] = file.ok ? relative(root, file.path).split(sep) : [];
        expect(first).not.toBe('..');
      }),
      { numRuns: 2_000, examples: [[['..', '/', 'renderer2', '/', 'a']]] },
    );
  });
});
