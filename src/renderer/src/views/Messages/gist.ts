/** Fields that the table's other columns show already, where a message usually begins. */
const shownElsewhere = /"(?:type|timestamp|source|id)":\s*"(?:[^"\\]|\\.)*",?\s*/g;

/**
 * What a message says beside its type, time and sender: its beginning without those fields. Only the top level up to
 * the first nested object is looked at, so nothing inside `data` goes missing.
 *
 * @param preview the beginning of a JSON object; it may be cut off anywhere
 */
export function gist(preview: string): string {
  const nested = preview.indexOf('{', 1);
  const end = nested < 0 ? preview.length : nested;
  const isCut = !preview.trimEnd().endsWith('}');
  const beginning = preview
    .slice(0, end)
    .replace(shownElsewhere, '')
    .replace(/,\s*}$/, '}');
  return `${beginning}${preview.slice(end)}${isCut ? '…' : ''}`;
}
