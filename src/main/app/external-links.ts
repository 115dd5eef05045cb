/** Where our own documents live; the desktop's browser opens these and nothing else. */
const documentHosts: ReadonlySet<string> = new Set([
  'www.electronjs.org',
  'kafka.apache.org',
  'kafka.js.org',
]);

/** True for an https address of a known documentation site, without credentials or an odd port. */
export function isDocumentLink(address: string): boolean {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return false;
  }
  return (
    url.protocol === 'https:' &&
    documentHosts.has(url.hostname) &&
    url.port === '' &&
    url.username === '' &&
    url.password === ''
  );
}
