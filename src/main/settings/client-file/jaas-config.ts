/** The one login of a `sasl.jaas.config` value. */
export interface JaasLogin {
  /** The class, without its package: `PlainLoginModule`. */
  readonly module: string;
  readonly options: Readonly<Record<string, string>>;
}

/**
 * Reads `org...PlainLoginModule required username="alice" password="secret";` as Kafka's `JaasConfig` does: tokens of a
 * `StreamTokenizer`, quotes of either kind with Java's escapes, comments skipped. Null for what is no such text.
 */
export function parseJaasConfig(text: string): JaasLogin | null {
  const tokens = tokenize(text);
  const [module, flag, ...rest] = tokens;
  if (
    module === undefined ||
    flag === undefined ||
    !/^(required|requisite|sufficient|optional)$/i.test(flag)
  ) {
    return null;
  }
  const options: Record<string, string> = {};
  for (let index = 0; index < rest.length && rest[index] !== ';'; index += 3) {
    const [name, equals, value] = rest.slice(index, index + 3);
    if (name === undefined || equals !== '=' || value === undefined || value === ';') return null;
    options[name] = value;
  }
  return { module: module.slice(module.lastIndexOf('.') + 1), options };
}

const token =
  /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|"((?:[^"\\]|\\[\s\S])*)"?|'((?:[^'\\]|\\[\s\S])*)'?|([=;])|([^\s=;"']+)/g;

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  for (const [, double, single, mark, word] of text.matchAll(token)) {
    const quoted = double ?? single;
    if (quoted !== undefined) tokens.push(unescapeQuoted(quoted));
    else if (mark !== undefined || word !== undefined) tokens.push(mark ?? word ?? '');
  }
  return tokens;
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  f: '\f',
  b: '\b',
  a: '\x07',
  v: '\v',
};

function unescapeQuoted(text: string): string {
  return text.replace(/\\([0-3]?[0-7]{1,2}|[\s\S])/g, (_whole, escaped: string) =>
    /^[0-7]+$/.test(escaped)
      ? String.fromCharCode(Number.parseInt(escaped, 8))
      : (escapes[escaped] ?? escaped),
  );
}
