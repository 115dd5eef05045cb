import { nativeTheme } from 'electron';
import type { Theme } from './window-state.js';

/** The page's own background in each theme (styles of the renderer), shown until it has painted. */
const backgrounds = { dark: '#0d1117', light: '#f6f8fa' } as const;

/** Sets what `prefers-color-scheme`, menus and dialogs go by. */
export function applyTheme(theme: Theme): void {
  nativeTheme.themeSource = theme;
}

export function backgroundColor(): string {
  return nativeTheme.shouldUseDarkColors ? backgrounds.dark : backgrounds.light;
}
