/**
 * When and by whom a state field was last changed: a hybrid logical clock reading plus the node's name.
 * On the wire it is a JSON array so that old nodes skip it as one unknown value.
 */
export type Stamp = readonly [wallMs: number, counter: number, node: string];

/** Stamps by state field name. */
export type Stamps = Readonly<Record<string, Stamp>>;

/** Total order of changes: wall time, then counter, then node name. Negative when `left` is older. */
export function compareStamps(left: Stamp, right: Stamp): number {
  return left[0] - right[0] || left[1] - right[1] || (left[2] < right[2] ? -1 : left[2] > right[2] ? 1 : 0);
}
