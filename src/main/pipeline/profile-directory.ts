import { join } from 'node:path';

/** What waits for a cluster, and what was learnt from it, stays with its profile: it must not reach another one. */
export function profileDirectory(dataDirectory: string, profile: string): string {
  return profile === '' ? dataDirectory : join(dataDirectory, 'profiles', profile);
}
