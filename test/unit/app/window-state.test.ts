import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  minimumSize,
  parseWindowState,
  placeWindow,
  type WindowState,
  WindowStateFile,
} from '../../../src/main/app/window-state.js';
import type { Logger } from '../../../src/shared/logger.js';

const primary = { x: 0, y: 0, width: 1_920, height: 1_080 };
const second = { x: 1_920, y: 0, width: 1_280, height: 800 };

describe('where the window opens', () => {
  test('is the middle of the first display on a first start', () => {
    expect(placeWindow(null, [primary])).toEqual({ x: 240, y: 90, width: 1_440, height: 900 });
  });

  test('is where it was left', () => {
    const saved = { x: 2_000, y: 50, width: 1_000, height: 700 };
    expect(placeWindow(saved, [primary, second])).toEqual(saved);
  });

  test('is the first display when its own is gone', () => {
    const saved = { x: 2_000, y: 50, width: 1_000, height: 700 };
    expect(placeWindow(saved, [primary])).toEqual({ x: 460, y: 190, width: 1_000, height: 700 });
  });

  test('fits a display that became smaller', () => {
    const saved = { x: 10, y: 10, width: 2_500, height: 1_400 };
    expect(placeWindow(saved, [primary])).toEqual({ x: 0, y: 0, width: 1_920, height: 1_080 });
  });

  test('lets the operator take hold of it, whatever was saved', () => {
    const side = fc.integer({ min: -10_000, max: 10_000 });
    fc.assert(
      fc.property(fc.record({ x: side, y: side, width: side, height: side }), (saved) => {
        const placed = placeWindow(saved, [primary, second]);
        const area = [primary, second].find(
          ({ x, y, width, height }) =>
            placed.x >= x && placed.y >= y && placed.x < x + width && placed.y < y + height,
        );
        expect(area).toBeDefined();
        expect(placed.width).toBeGreaterThanOrEqual(minimumSize.width);
        expect(placed.height).toBeGreaterThanOrEqual(minimumSize.height);
      }),
    );
  });
});

describe('the state file', () => {
  test.each(['', 'null', '[]', '{"bounds":{"x":"1"},"isMaximized":1,"theme":"pink"}', '{'])(
    'with content %j counts as a first start',
    (text) => {
      expect(parseWindowState(text)).toEqual({ bounds: null, isMaximized: false, theme: 'system' });
    },
  );

  const warnings: string[] = [];
  const logger: Logger = {
    error: (message) => warnings.push(message),
    warn: (message) => warnings.push(message),
    info: () => undefined,
    debug: () => undefined,
    child: () => logger,
  };
  const state: WindowState = {
    bounds: { x: 1, y: 2, width: 1_000, height: 700 },
    isMaximized: true,
    theme: 'dark',
  };

  test('gives back what was saved, and leaves nothing else behind', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'window-state-'));
    try {
      const file = new WindowStateFile(directory, logger);
      await file.save(state);
      expect(await file.load()).toEqual(state);
      expect(await readdir(directory)).toEqual(['window.json']);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test('that can’t be written costs a warning and nothing else', async () => {
    await new WindowStateFile(join(tmpdir(), 'window-state-that-is-not-there'), logger).save(state);
    expect(warnings).toEqual(['the window state was not saved']);
  });
});
