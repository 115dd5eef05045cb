/* Locks the folder given as its argument, says so (or why it could not) and holds it until it is killed. */
import { DirectoryLock } from '../../../src/main/storage/directory-lock.js';

try {
  await DirectoryLock.acquire(process.argv[2] ?? '');
  process.stdout.write(`locked by ${process.pid}\n`);
  setInterval(() => undefined, 60_000);
} catch (error) {
  process.stdout.write(`${error instanceof Error ? error.message : error}\n`);
}
