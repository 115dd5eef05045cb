/** Something an operator should know about the files. */
export interface StorageEvent {
  readonly level: 'info' | 'warn' | 'error';
  readonly kind: StorageEventKind;
  /** One sentence in English. */
  readonly message: string;
  readonly details: Readonly<Record<string, string | number>>;
}

/**
 * - `tail-cut`: a torn write at the end was removed on opening. Nothing in it had been acknowledged.
 * - `damage-found`: bytes further in are not what was written; they are never served.
 * - `records-missing`: sequence numbers that should be there are in no file.
 * - `file-set-aside`: a file without one intact record was renamed, to be looked at.
 * - `write-failed`, `sync-failed`: appends were refused; the file will be verified before the next ones.
 * - `writes-resumed`: the first append after such a failure is on the disk.
 * - `file-verified`: after such a failure what had been acknowledged was read back and is whole.
 * - `checkpoint-failed`: an index or snapshot was not written; the next opening takes longer.
 * - `retention-failed`: old records could not be deleted; tried again at the next round.
 * - `stale-lock-taken-over`: the folder was locked by a process that is gone.
 */
export type StorageEventKind =
  | 'tail-cut'
  | 'damage-found'
  | 'records-missing'
  | 'file-set-aside'
  | 'write-failed'
  | 'sync-failed'
  | 'writes-resumed'
  | 'file-verified'
  | 'checkpoint-failed'
  | 'retention-failed'
  | 'stale-lock-taken-over';

export type StorageEventListener = (event: StorageEvent) => void;
