/**
 * The beginning of a text, on its own: V8's `slice` of a long string keeps the whole of it in memory, which would make
 * a bounded list of previews hold megabytes.
 */
export function copyOfBeginning(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  return Buffer.from(text.slice(0, maxLength), 'utf16le').toString('utf16le');
}
