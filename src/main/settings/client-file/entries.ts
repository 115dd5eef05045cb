/** One `key = value` of a client's configuration file. */
export interface ClientEntry {
  readonly key: string;
  readonly value: string;
  /** Counts from 1; of a value over several lines the first one. */
  readonly line: number;
}

/** A line that is no entry and no comment. */
export interface UnreadableLine {
  readonly line: number;
  readonly text: string;
}

export interface ClientEntries {
  readonly entries: readonly ClientEntry[];
  readonly unreadable: readonly UnreadableLine[];
}

/** How a file is written: Java escapes and continues lines with backslashes, librdkafka takes each line as it stands. */
export type ClientFileSyntax = 'java' | 'librdkafka';

/** Reads every entry of a file, in its order, repeated keys included. Never throws. */
export function readEntries(text: string, syntax: ClientFileSyntax): ClientEntries {
  const plain = text.replace(/^\uFEFF/, '');
  return syntax === 'java' ? readJavaProperties(plain) : readPlainLines(plain);
}

/**
 * Keys that only one of the two kinds of client knows decide; without any, the name of the file does (`*.properties` is
 * Java's), and else librdkafka's plainer syntax.
 */
export function detectSyntax(text: string, fileName: string): ClientFileSyntax {
  const keys = readPlainLines(text).entries.map(({ key }) => key);
  const count = (pattern: RegExp): number => keys.filter((key) => pattern.test(key)).length;
  const difference = count(javaOnly) - count(librdkafkaOnly);
  if (difference !== 0) return difference > 0 ? 'java' : 'librdkafka';
  return /\.properties$/i.test(fileName) ? 'java' : 'librdkafka';
}

const javaOnly =
  /^(sasl\.jaas\.config|sasl\.login\.|sasl\.client\.callback|ssl\.truststore\.|ssl\.keystore\.(type|key|certificate)|ssl\.endpoint\.identification|ssl\.protocol|ssl\.enabled\.protocols|(key|value)\.(de)?serializer|client\.dns\.lookup|default\.api)/;
const librdkafkaOnly =
  /^(sasl\.(username|password|mechanisms)|ssl\.(ca|certificate|key)\.(location|pem)|metadata\.broker\.list|enable\.ssl\.|sasl\.oauthbearer\.(method|config|client\.id)|topic\.|debug$|statistics\.|log\.|broker\.(version|address)\.)/;

/** `java.util.Properties.load`: comments with # or !, escapes, lines that go on behind a backslash. */
function readJavaProperties(text: string): ClientEntries {
  const lines = text.split(/\r\n|\n|\r/);
  const entries: ClientEntry[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = index + 1;
    let logical = trimStart(lines[index] ?? '');
    if (logical === '' || logical.startsWith('#') || logical.startsWith('!')) continue;
    while (endsOpen(logical)) {
      index += 1;
      logical = logical.slice(0, -1) + trimStart(lines[index] ?? '');
      if (index >= lines.length) break;
    }
    const { key, value } = splitJavaLine(logical);
    entries.push({ key: unescapeJava(key), value: unescapeJava(value), line });
  }
  return { entries, unreadable: [] };
}

/** An odd number of backslashes at the end. */
function endsOpen(line: string): boolean {
  const backslashes = /\\*$/.exec(line)?.[0].length ?? 0;
  return backslashes % 2 === 1;
}

/** Java takes space, tab and form feed as white space. */
function trimStart(line: string): string {
  return line.replace(/^[ \t\f]+/, '');
}

/** The key ends at the first `=`, `:` or white space that is not escaped. */
function splitJavaLine(line: string): { readonly key: string; readonly value: string } {
  let end = 0;
  while (end < line.length && !/[=: \t\f]/.test(line.charAt(end))) end += line.charAt(end) === '\\' ? 2 : 1;
  const rest = trimStart(line.slice(end));
  const value = /^[=:]/.test(rest) ? trimStart(rest.slice(1)) : rest;
  return { key: line.slice(0, end), value };
}

const javaEscapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

/** Java refuses the whole file for a wrong `\u`; here it stays as it is written. */
function unescapeJava(text: string): string {
  return text.replace(/\\(u[0-9a-fA-F]{4}|[\s\S]|$)/g, (_whole, escaped: string) => {
    if (escaped.length === 5) return String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    return javaEscapes[escaped] ?? escaped;
  });
}

/** librdkafka's tools and kcat: one `key=value` a line, white space around both dropped, `#` begins a comment line. */
function readPlainLines(text: string): ClientEntries {
  const entries: ClientEntry[] = [];
  const unreadable: UnreadableLine[] = [];
  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const line = index + 1;
    const trimmed = raw.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const equals = trimmed.indexOf('=');
    if (equals < 1) unreadable.push({ line, text: trimmed });
    else {
      entries.push({ key: trimmed.slice(0, equals).trim(), value: trimmed.slice(equals + 1).trim(), line });
    }
  }
  return { entries, unreadable };
}
