import { extname, join, sep } from 'node:path';
import { appHost, appScheme } from './app-origin.js';

/** What the bundler emits; anything else is not served. */
const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

export type AppFile =
  | { readonly ok: true; readonly path: string; readonly contentType: string }
  | { readonly ok: false; readonly status: 400 | 403 | 404 };

/**
 * The file that an `app://resonance/...` address stands for. Pure: whether it exists is found when it is read.
 *
 * @param root absolute path of the folder that may be served, nothing above it
 */
export function resolveAppFile(root: string, address: string): AppFile {
  let url: URL;
  let pathname: string;
  try {
    url = new URL(address);
    pathname = decodeURIComponent(url.pathname);
  } catch {
    return { ok: false, status: 400 };
  }
  if (url.protocol !== `${appScheme}:` || url.host !== appHost) return { ok: false, status: 403 };
  // Backslashes and drive letters mean something on Windows, NUL ends a name in system calls.
  if (/[\\\0:]/.test(pathname)) return { ok: false, status: 400 };
  const path = join(root, pathname);
  if (!path.startsWith(root.endsWith(sep) ? root : root + sep)) return { ok: false, status: 403 };
  const contentType = contentTypes[extname(path).toLowerCase()];
  if (contentType === undefined) return { ok: false, status: 404 };
  return { ok: true, path, contentType };
}
