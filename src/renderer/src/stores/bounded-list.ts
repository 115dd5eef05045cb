/** `list` with `added` at its end, cut at the front to `limit`. */
export function appendBounded<T>(list: readonly T[], added: readonly T[], limit: number): readonly T[] {
  if (added.length === 0) return list;
  const excess = list.length + added.length - limit;
  if (excess <= 0) return [...list, ...added];
  return [...list.slice(Math.min(excess, list.length)), ...added.slice(-limit)];
}
