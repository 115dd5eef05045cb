import { type App, shell, type WebContents } from 'electron';
import type { Logger } from '../../shared/logger.js';
import type { AppOrigin } from './app-origin.js';
import { isDocumentLink } from './external-links.js';

/** Every page that ever comes to be stays where it is: no navigation, no new window, no webview. */
export function denyNavigation(app: App, origin: AppOrigin, logger: Logger): void {
  app.on('web-contents-created', (_event, contents) => {
    denyNavigationOf(contents, origin, logger);
  });
}

function denyNavigationOf(contents: WebContents, origin: AppOrigin, logger: Logger): void {
  const openOutside = (url: string): void => {
    if (!isDocumentLink(url)) {
      logger.warn('refused to open an address', { url: url.slice(0, 200) });
      return;
    }
    shell.openExternal(url).catch((error: unknown) => {
      logger.warn('the browser did not open', { url, error: String(error) });
    });
  };
  const refuse = (event: { preventDefault(): void; readonly url: string }): void => {
    // A reload of the page itself is the one navigation there is; its fragment names the view.
    if (event.url.replace(/#.*$/s, '') === origin.entryUrl) return;
    event.preventDefault();
    logger.warn('refused a navigation', { url: event.url.slice(0, 200) });
  };
  contents.on('will-frame-navigate', refuse);
  contents.on('will-redirect', refuse);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    openOutside(url);
    return { action: 'deny' };
  });
}
