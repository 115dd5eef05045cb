import { isIP } from 'node:net';

const loopbackNames = new Set(['localhost', '[::1]']);

/**
 * Whether a page of this origin may connect. Programs send none; pages of this machine are trusted as the operator's
 * own; any other page must be listed, or every web site the operator visits could drive the node (RFC 6455, section 10.2).
 */
export function isOriginAllowed(origin: string | undefined, allowedOrigins: readonly string[]): boolean {
  if (origin === undefined || allowedOrigins.includes(origin)) return true;
  let url: URL;
  try {
    url = new URL(origin);
  } catch {
    // `null` (a sandboxed frame, a file), or several headers joined.
    return false;
  }
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
  return isWeb && url.origin === origin && isLoopbackName(url.hostname);
}

export interface HostPolicy {
  /** The address the server was told to listen on. */
  readonly listenHost: string;
  readonly allowedHosts: readonly string[];
  /** Addresses and name of this machine; asked only when the server listens on all of them. */
  readonly ownHosts: () => readonly string[];
}

/**
 * Whether the `Host` header names this server. A name that somebody else's DNS points at this machine does not (DNS
 * rebinding). The port is not compared: a tunnel may have another one.
 */
export function isHostAllowed(hostHeader: string | undefined, policy: HostPolicy): boolean {
  const host = hostHeader === undefined ? null : hostnameOf(hostHeader);
  if (host === null) return false;
  if (isLoopbackName(host) || host === hostnameOf(bracketed(policy.listenHost))) return true;
  if (policy.allowedHosts.some((allowed) => hostnameOf(bracketed(allowed)) === host)) return true;
  return (
    isWildcard(policy.listenHost) && policy.ownHosts().some((own) => hostnameOf(bracketed(own)) === host)
  );
}

/** Whether listening on it means listening on every interface. */
export function isWildcard(listenHost: string): boolean {
  return listenHost === '0.0.0.0' || listenHost === '::' || listenHost === '';
}

/** Host name or address for a URL: IPv6 gets its brackets. */
export function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host.split('%')[0]}]` : host;
}

function isLoopbackName(hostname: string): boolean {
  return loopbackNames.has(hostname) || (isIP(hostname) === 4 && hostname.startsWith('127.'));
}

/** The name in its normal form (lower case, shortest IPv6, no final dot), or null where it is none. */
function hostnameOf(host: string): string | null {
  if (/[\s/@\\?#]/.test(host)) return null;
  try {
    return new URL(`ws://${host}`).hostname.replace(/\.$/, '') || null;
  } catch {
    return null;
  }
}
