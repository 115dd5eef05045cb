/** Joins what is there: `classNames('a', selected && 'b')`. */
export function classNames(...names: (string | false | null | undefined)[]): string {
  return names
    .filter((name) => name !== false && name !== null && name !== undefined && name !== '')
    .join(' ');
}
