import { expect, test } from 'vitest';
import { watchStorage } from '../../../src/main/pipeline/storage-alerts.js';
import type { StorageEvent, StorageEventKind } from '../../../src/main/storage/storage-event.js';

function createWatched() {
  const alerts = new Map<string, { readonly message: string; readonly hint: string | null }>();
  const listener = watchStorage('the outbox', 'outbox', {
    raiseAlert: ({ key, message, hint }) => alerts.set(key, { message, hint }),
    clearAlert: (key) => alerts.delete(key),
  });
  const tell = (kind: StorageEventKind, directory: string, part: Partial<StorageEvent> = {}): void =>
    listener({ level: 'error', kind, message: `${kind} in ${directory}`, details: { directory }, ...part });
  return { alerts, tell };
}

test('a disk that refuses is told until every folder takes appends again', () => {
  const { alerts, tell } = createWatched();
  tell('write-failed', 'a', { details: { directory: 'a', code: 'STORAGE_FULL' } });
  expect(alerts.get('storage.outbox')?.hint).toContain('Free some disk space');
  tell('sync-failed', 'b');
  tell('file-verified', 'a');
  tell('writes-resumed', 'a');
  expect([...alerts.keys()]).toEqual(['storage.outbox']);
  tell('writes-resumed', 'b');
  expect(alerts.size).toBe(0);
});

test('damage is told with the number of places, and stays; a tail that a crash tore is not told', () => {
  const { alerts, tell } = createWatched();
  tell('tail-cut', 'a');
  expect(alerts.size).toBe(0);
  tell('damage-found', 'a');
  tell('records-missing', 'b');
  tell('writes-resumed', 'a');
  expect(alerts.get('storage.outbox.damage')?.message).toBe(
    'Files of the outbox are damaged, in 2 places: records-missing in b',
  );
});
