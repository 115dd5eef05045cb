import type { MenuItemConstructorOptions } from 'electron';
import type { WindowAction } from '../../shared/channels.js';

export interface AppMenuActions {
  /** Tells the page; brings the window to the front when it is not. */
  readonly act: (action: WindowAction) => void;
  readonly reveal: (place: 'settings' | 'data' | 'logs') => void;
  readonly showAbout: () => void;
}

export interface AppMenuOptions extends AppMenuActions {
  readonly platform: NodeJS.Platform;
  readonly isDevelopment: boolean;
}

const separator: MenuItemConstructorOptions = { type: 'separator' };

/** The native menu; its accelerators are the window's keyboard shortcuts. Item ids are the actions' names. */
export function createMenuTemplate(options: AppMenuOptions): MenuItemConstructorOptions[] {
  const { act, reveal, showAbout, platform, isDevelopment } = options;
  const isMac = platform === 'darwin';
  const item = (id: WindowAction, label: string, accelerator: string): MenuItemConstructorOptions => ({
    id,
    label,
    accelerator,
    click: () => act(id),
  });
  const place = (id: 'settings' | 'data' | 'logs', label: string): MenuItemConstructorOptions => ({
    id: `reveal.${id}`,
    label,
    click: () => reveal(id),
  });
  const about: MenuItemConstructorOptions = { id: 'about', label: 'About Resonance', click: showAbout };

  return [
    ...(isMac
      ? [
          {
            label: 'Resonance',
            submenu: [
              about,
              separator,
              { role: 'services' },
              separator,
              { role: 'hide' },
              { role: 'hideOthers' },
              separator,
              { role: 'quit' },
            ],
          } satisfies MenuItemConstructorOptions,
        ]
      : []),
    {
      label: '&File',
      submenu: [
        item('compose', 'Compose Message…', 'CmdOrCtrl+K'),
        separator,
        place('settings', 'Reveal Settings File'),
        place('logs', 'Reveal Logs'),
        place('data', 'Reveal Data Folder'),
        separator,
        isMac ? { role: 'close' } : { role: 'quit', accelerator: 'CmdOrCtrl+Q' },
      ],
    },
    {
      label: '&Edit',
      submenu: [
        { role: 'undo' },
        { role: 'redo' },
        separator,
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
        separator,
        item('find', 'Find', 'CmdOrCtrl+F'),
      ],
    },
    {
      label: '&View',
      submenu: [
        item('view.overview', 'Overview', 'CmdOrCtrl+1'),
        item('view.messages', 'Messages', 'CmdOrCtrl+2'),
        item('view.nodes', 'Nodes', 'CmdOrCtrl+3'),
        item('view.topics', 'Topics', 'CmdOrCtrl+4'),
        item('view.delivery', 'Delivery', 'CmdOrCtrl+5'),
        item('view.diagnostics', 'Diagnostics', 'CmdOrCtrl+6'),
        item('view.settings', 'Settings', 'CmdOrCtrl+7'),
        separator,
        item('pause', 'Pause or Resume Messages', 'CmdOrCtrl+P'),
        item('toggle-theme', 'Switch Between Dark and Light', 'CmdOrCtrl+Shift+L'),
        separator,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        ...(isDevelopment
          ? ([
              separator,
              { role: 'reload' },
              { role: 'toggleDevTools' },
            ] satisfies MenuItemConstructorOptions[])
          : []),
      ],
    },
    { role: 'windowMenu' },
    ...(isMac ? [] : [{ role: 'help', submenu: [about] } satisfies MenuItemConstructorOptions]),
  ];
}
