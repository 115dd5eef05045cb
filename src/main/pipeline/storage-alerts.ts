import type { StorageEvent, StorageEventKind, StorageEventListener } from '../storage/storage-event.js';
import type { PipelineObserver } from './pipeline-observer.js';

const refusals: ReadonlySet<StorageEventKind> = new Set(['write-failed', 'sync-failed']);
const losses: ReadonlySet<StorageEventKind> = new Set(['damage-found', 'records-missing', 'file-set-aside']);

/**
 * Tells the operator what becomes of the files of one part: that the disk refuses, until it takes everything again; and that
 * something is damaged, for the rest of this run.
 *
 * @param part as a sentence begins it, for example `the outbox`
 * @param key of the alerts, behind `storage.`
 */
export function watchStorage(
  part: string,
  key: string,
  observer: Pick<PipelineObserver, 'raiseAlert' | 'clearAlert'>,
): StorageEventListener {
  const keys = { refusal: `storage.${key}`, damage: `storage.${key}.damage` };
  const refusing = new Set<unknown>();
  let damages = 0;
  // The files are opened anew: what was said of them before is said again, if it still holds.
  for (const stale of Object.values(keys)) observer.clearAlert(stale);
  return (event) => {
    const { directory } = event.details;
    if (refusals.has(event.kind)) {
      refusing.add(directory);
      observer.raiseAlert(refusalAlert(part, keys.refusal, event));
    } else if (event.kind === 'writes-resumed') {
      refusing.delete(directory);
      if (refusing.size === 0) observer.clearAlert(keys.refusal);
    } else if (losses.has(event.kind)) {
      damages += 1;
      observer.raiseAlert({
        key: keys.damage,
        severity: 'error',
        message: `Files of ${part} are damaged${damages > 1 ? `, in ${damages} places` : ''}: ${event.message}`,
        hint: 'What is damaged is not used, the rest is. The log under Diagnostics names each place; check the disk.',
      });
    }
  };
}

function refusalAlert(part: string, key: string, { details, message }: StorageEvent) {
  const isFull = details.code === 'STORAGE_FULL';
  return {
    key,
    severity: 'error',
    message: `The disk refuses what ${part} must keep, so nothing is accepted: ${message}`,
    hint: isFull
      ? 'Free some disk space: it goes on by itself.'
      : 'Check the disk and the folder’s permissions: it goes on by itself once they are mended.',
  } as const;
}
