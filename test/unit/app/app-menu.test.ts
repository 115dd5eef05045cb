import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, test } from 'vitest';
import { type AppMenuOptions, createMenuTemplate } from '../../../src/main/app/app-menu.js';
import { type WindowAction, windowActions } from '../../../src/shared/channels.js';

function itemsOf(template: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] {
  return template.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? itemsOf(item.submenu) : [])]);
}

function menu(options: Partial<AppMenuOptions> = {}) {
  const acted: WindowAction[] = [];
  const template = createMenuTemplate({
    platform: 'linux',
    isDevelopment: false,
    act: (action) => acted.push(action),
    reveal: () => undefined,
    showAbout: () => undefined,
    ...options,
  });
  return { acted, items: itemsOf(template) };
}

describe('the menu', () => {
  test('offers every action of the window, each with its own shortcut', () => {
    const { acted, items } = menu();
    const actions = windowActions.map((action) => items.find(({ id }) => id === action));
    for (const item of actions) (item?.click as (() => void) | undefined)?.();
    expect(acted).toEqual(windowActions);
    const accelerators = actions.map((item) => item?.accelerator);
    expect(accelerators).not.toContain(undefined);
    expect(new Set(accelerators).size).toBe(windowActions.length);
  });

  test.each(['linux', 'win32', 'darwin'] as const)('has edit, zoom and quit on %s', (platform) => {
    const roles = menu({ platform }).items.map(({ role }) => role);
    expect(roles).toEqual(expect.arrayContaining(['copy', 'paste', 'undo', 'zoomIn', 'resetZoom', 'quit']));
  });

  test('has developer tools in development only', () => {
    const roles = (isDevelopment: boolean) => menu({ isDevelopment }).items.map(({ role }) => role);
    expect(roles(false)).not.toContain('toggleDevTools');
    expect(roles(false)).not.toContain('reload');
    expect(roles(true)).toContain('toggleDevTools');
  });
});
