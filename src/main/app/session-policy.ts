import type { Session } from 'electron';
import type { AppOrigin } from './app-origin.js';
import { developmentContentSecurityPolicy } from './content-security-policy.js';

/**
 * What the page may do in Chromium: draw. No permission is ever granted, no device, no download, and no request
 * leaves for anywhere but the page's own origin (a second wall behind the content security policy).
 */
export function restrictSession(session: Session, origin: AppOrigin): void {
  session.setPermissionRequestHandler((_contents, _permission, respond) => respond(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, respond) => respond({}));
  session.on('will-download', (event) => event.preventDefault());
  session.webRequest.onBeforeRequest((details, respond) => {
    respond({ cancel: !isAllowedRequest(details.url, origin) });
  });
  if (origin.isDevelopment) {
    session.webRequest.onHeadersReceived((details, respond) => {
      respond({
        responseHeaders: {
          ...details.responseHeaders,
          'Content-Security-Policy': [developmentContentSecurityPolicy],
        },
      });
    });
  }
}

function isAllowedRequest(url: string, origin: AppOrigin): boolean {
  if (origin.owns(url) || url.startsWith('data:') || url.startsWith('devtools:')) return true;
  return origin.isDevelopment && origin.owns(url.replace(/^ws:/, 'http:'));
}
