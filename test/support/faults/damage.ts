import { copyFile, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';

/** What may befall the files of a folder; `file` and `at` are shares of what is there, 0 to 1. */
export type Damage =
  | { readonly kind: 'flip'; readonly file: number; readonly at: number; readonly bit: number }
  | { readonly kind: 'truncate'; readonly file: number; readonly at: number }
  | { readonly kind: 'empty'; readonly file: number }
  | { readonly kind: 'swap'; readonly file: number; readonly other: number };

/** Even over the whole range: `fc.double` draws mostly tiny ones. */
const share = fc.noBias(fc.nat(999_999)).map((millionths) => millionths / 1_000_000);

export const bitFlip: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constant('flip' as const),
  file: share,
  at: share,
  bit: fc.nat(7),
});

export const mangledFile: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constant('truncate' as const), file: share, at: share }),
  fc.record({ kind: fc.constant('empty' as const), file: share }),
  fc.record({ kind: fc.constant('swap' as const), file: share, other: share }),
);

/** Every file below a folder, as paths relative to it, sorted. */
export async function filesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort();
}

/** What a process that is killed now would leave; without its lock and half-written temporary files. */
export async function copyAsCrashed(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  for (const file of await filesIn(from)) {
    if (/(^|\/)lock\.\d+$|\.tmp$/.test(file)) continue;
    await mkdir(dirname(join(to, file)), { recursive: true });
    await copyFile(join(from, file), join(to, file));
  }
}

/** Returns the files that are not as before. */
export async function inflict(damage: Damage, directory: string): Promise<string[]> {
  const files = await filesIn(directory);
  const pick = (place: number): string => files[Math.floor(place * files.length)] ?? '';
  const file = pick(damage.file);
  const path = join(directory, file);
  const content = await readFile(path);
  switch (damage.kind) {
    case 'flip': {
      if (content.length === 0) return [];
      const index = Math.floor(damage.at * content.length);
      content.writeUInt8(content.readUInt8(index) ^ (1 << damage.bit), index);
      await writeFile(path, content);
      return [file];
    }
    case 'truncate':
      await truncate(path, Math.floor(damage.at * content.length));
      return [file];
    case 'empty':
      await truncate(path, 0);
      return [file];
    case 'swap': {
      const other = pick(damage.other);
      const otherContent = await readFile(join(directory, other));
      await writeFile(path, otherContent);
      await writeFile(join(directory, other), content);
      return [file, other];
    }
  }
}
