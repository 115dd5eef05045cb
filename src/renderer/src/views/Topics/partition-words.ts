/** Where a broker that knows a number can't be asked: no zero, and no dash either, which stands for "none". */
export const unknownWord = 'unknown';

/** `partition 0`, or `partitions 0, 1, 2` */
export function partitionWords(partitions: readonly number[]): string {
  return partitions.length === 1
    ? `partition ${partitions[0]}`
    : `partitions ${[...partitions].sort((a, b) => a - b).join(', ')}`;
}
