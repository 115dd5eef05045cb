import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';
import { writeFileAtomically } from '../storage/atomic-file.js';

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const themes = ['system', 'dark', 'light'] as const;
export type Theme = (typeof themes)[number];

/** What the window needs to know before the settings are read. */
export interface WindowState {
  /** Null on the first start. */
  readonly bounds: Rectangle | null;
  readonly isMaximized: boolean;
  /** The theme in force when the app last ran, so that the first frame already has its colours. */
  readonly theme: Theme;
}

export const minimumSize = { width: 900, height: 600 } as const;
export const defaultSize = { width: 1_440, height: 900 } as const;

const firstState: WindowState = { bounds: null, isMaximized: false, theme: 'system' };

function isRectangle(value: unknown): value is Rectangle {
  if (typeof value !== 'object' || value === null) return false;
  const { x, y, width, height } = value as Record<string, unknown>;
  return [x, y, width, height].every((side) => Number.isInteger(side));
}

/** Takes what is well-formed from the text of the state file; everything else is as on a first start. */
export function parseWindowState(text: string): WindowState {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return firstState;
  }
  if (typeof value !== 'object' || value === null) return firstState;
  const { bounds, isMaximized, theme } = value as Record<string, unknown>;
  return {
    bounds: isRectangle(bounds) ? { ...bounds } : null,
    isMaximized: isMaximized === true,
    theme: themes.find((known) => known === theme) ?? 'system',
  };
}

/**
 * Where the window opens: as it was left, unless the display that held it is gone or smaller now; then in the
 * middle of the first display.
 *
 * @param workAreas the displays' usable areas, the primary one first
 */
export function placeWindow(saved: Rectangle | null, workAreas: readonly Rectangle[]): Rectangle {
  const primary = workAreas[0] ?? { x: 0, y: 0, ...defaultSize };
  if (saved === null) return centre(defaultSize, primary);
  const home = workAreas.find((area) => isGrabbable(saved, area));
  if (home === undefined) return centre(saved, primary);
  const width = clamp(saved.width, minimumSize.width, home.width);
  const height = clamp(saved.height, minimumSize.height, home.height);
  return {
    width,
    height,
    x: clamp(saved.x, home.x, Math.max(home.x, home.x + home.width - width)),
    y: clamp(saved.y, home.y, Math.max(home.y, home.y + home.height - height)),
  };
}

/** Enough of the title bar is on the display to take hold of the window. */
function isGrabbable(window: Rectangle, area: Rectangle): boolean {
  const overlap = Math.min(window.x + window.width, area.x + area.width) - Math.max(window.x, area.x);
  return overlap >= 100 && window.y >= area.y - 10 && window.y <= area.y + area.height - 40;
}

function centre(size: { readonly width: number; readonly height: number }, area: Rectangle): Rectangle {
  const width = clamp(size.width, minimumSize.width, area.width);
  const height = clamp(size.height, minimumSize.height, area.height);
  return {
    width,
    height,
    x: area.x + Math.max(0, Math.round((area.width - width) / 2)),
    y: area.y + Math.max(0, Math.round((area.height - height) / 2)),
  };
}

/** `low` wins where the two bounds contradict each other. */
function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high));
}

/** Keeps the window's state in the data folder. A failure costs comfort only, so it is logged and no more. */
export class WindowStateFile {
  readonly #path: string;
  readonly #logger: Logger;

  constructor(dataDirectory: string, logger: Logger) {
    this.#path = join(dataDirectory, 'window.json');
    this.#logger = logger;
  }

  async load(): Promise<WindowState> {
    try {
      return parseWindowState(await readFile(this.#path, 'utf8'));
    } catch (error) {
      this.#logger.debug('no window state yet', { error: describeError(error) });
      return firstState;
    }
  }

  async save(state: WindowState): Promise<void> {
    try {
      await writeFileAtomically(this.#path, Buffer.from(`${JSON.stringify(state, null, 2)}\n`));
    } catch (error) {
      this.#logger.warn('the window state was not saved', { error: describeError(error) });
    }
  }
}
