import { readFile } from 'node:fs/promises';
import { protocol, type Session } from 'electron';
import { resolveAppFile } from './app-files.js';
import { appScheme } from './app-origin.js';
import { contentSecurityPolicy } from './content-security-policy.js';

/** Must run before `ready`. Standard and secure make `app://resonance` an origin like any https one. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, codeCache: true } },
  ]);
}

const commonHeaders = {
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

function refuse(status: number): Response {
  return new Response(null, { status, headers: commonHeaders });
}

/** Serves the window's files, and nothing but files below `root`. */
export function serveApp(session: Session, root: string): void {
  session.protocol.handle(appScheme, async (request) => {
    if (request.method !== 'GET') return refuse(405);
    const file = resolveAppFile(root, request.url);
    if (!file.ok) return refuse(file.status);
    try {
      const content = await readFile(file.path);
      return new Response(content, { headers: { ...commonHeaders, 'Content-Type': file.contentType } });
    } catch {
      // Missing or unreadable: the page sees a failed request either way, and only our own page can ask.
      return refuse(404);
    }
  });
}
