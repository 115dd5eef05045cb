/** Field names whose values never reach a log, whatever the case and however they are joined. */
const secretName =
  /pass(word|wd|phrase)?$|secret|token|credential|authorization|api[-_]?key|private[-_]?key|cookie/i;

export const secretMask = '***';

const maxDepth = 6;
const maxEntries = 64;
const maxTextLength = 2_000;

/**
 * A JSON-safe copy of a log line's context: secrets masked, errors as name, message and code, big or deep values cut,
 * cycles named. Never throws.
 */
export function maskSecrets(value: unknown): unknown {
  return copy(value, 0, []);
}

function copy(value: unknown, depth: number, ancestors: readonly object[]): unknown {
  switch (typeof value) {
    case 'string':
      return value.length > maxTextLength ? `${value.slice(0, maxTextLength)}…` : value;
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'bigint':
    case 'symbol':
      return String(value);
    case 'function':
      return `[function ${value.name}]`;
    case 'object':
      return value === null ? null : copyObject(value, depth, ancestors);
    default:
      return value;
  }
}

function copyObject(value: object, depth: number, ancestors: readonly object[]): unknown {
  if (ancestors.includes(value)) return '[circular]';
  if (depth >= maxDepth) return '[deeper]';
  const path = [...ancestors, value];
  if (Array.isArray(value)) {
    const items = value.slice(0, maxEntries).map((item) => copy(item, depth + 1, path));
    return value.length > maxEntries ? [...items, `[${value.length - maxEntries} more]`] : items;
  }
  if (value instanceof Error) return copyError(value, depth, path);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof Map || value instanceof Set) return copy([...value], depth, ancestors);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  const entries = Object.entries(value);
  const kept = entries
    .slice(0, maxEntries)
    .map(
      ([name, field]) => [name, secretName.test(name) ? secretMask : copy(field, depth + 1, path)] as const,
    );
  if (entries.length > maxEntries) kept.push(['…', `[${entries.length - maxEntries} more]`]);
  return Object.fromEntries(kept);
}

function copyError(error: Error, depth: number, path: readonly object[]): unknown {
  const code: unknown = 'code' in error ? error.code : undefined;
  return {
    name: error.name,
    message: copy(error.message, depth, path),
    ...(code === undefined ? {} : { code: copy(code, depth + 1, path) }),
    ...(error.cause === undefined ? {} : { cause: copy(error.cause, depth + 1, path) }),
  };
}
