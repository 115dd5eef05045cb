/** Scheme and host of the window's page: a real origin, unlike `file://`, so that the same-origin policy applies. */
export const appScheme = 'app';
export const appHost = 'resonance';

/** Where the window's page comes from, and what counts as our own. */
export interface AppOrigin {
  readonly entryUrl: string;
  /** Whether an address belongs to the window's own page. */
  owns(url: string): boolean;
  /** True when a development server serves the page. */
  readonly isDevelopment: boolean;
}

const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]']);

function parse(url: string): URL | undefined {
  try {
    return new URL(url);
  } catch {
    return undefined;
  }
}

/**
 * @param developmentUrl the development server's address; taken only over HTTP from this machine, so that a stray
 * environment variable can't make the window load somebody else's page.
 */
export function createAppOrigin(developmentUrl?: string): AppOrigin {
  const development = developmentUrl === undefined ? undefined : parse(developmentUrl);
  if (
    development !== undefined &&
    development.protocol === 'http:' &&
    loopbackHosts.has(development.hostname)
  ) {
    return {
      entryUrl: development.href,
      owns: (url) => parse(url)?.origin === development.origin,
      isDevelopment: true,
    };
  }
  return {
    entryUrl: `${appScheme}://${appHost}/index.html`,
    owns: (url) => {
      // `URL.origin` is 'null' for schemes that the URL standard does not know.
      const parsed = parse(url);
      return parsed?.protocol === `${appScheme}:` && parsed.host === appHost;
    },
    isDevelopment: false,
  };
}
