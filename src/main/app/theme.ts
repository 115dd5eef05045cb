import { nativeTheme } from 'electron';
import type { Theme } from './window-state.js';

/** The page's own background in each theme (`--ground` of its design tokens), shown until it has painted. */
const backgrounds = { dark: '#0c1113', light: '#e9ecea' } as const;

/** Sets what `prefers-color-scheme`, menus and dialogs go by. */
export function applyTheme(theme: Theme): void {
  nativeTheme.themeSource = theme;
}

export function backgroundColor(): string {
  return nativeTheme.shouldUseDarkColors ? backgrounds.dark : backgrounds.light;
}
