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
  const [module, flag, ...rest] = tokenize(text);
  if (module === undefined || module.isMark || flag === undefined || !flags.test(flag.text)) return null;
  const options: Record<string, string> = {};
  for (let index = 0; index < rest.length; index += 3) {
    const [name, equals, value] = rest.slice(index, index + 3);
    if (name === undefined || isMark(name, ';')) break;
    if (name.isMark || !isMark(equals, '=') || value === undefined || value.isMark) return null;
    options[name.text] = value.text;
  }
  return { module: module.text.slice(module.text.lastIndexOf('.') + 1), options };
}

const flags = /^(required|requisite|sufficient|optional)$/i;

interface Token {
  readonly text: string;
  /** `=` or `;`, where they are not within quotes. */
  readonly isMark: boolean;
}

function isMark(token: Token | undefined, mark: '=' | ';'): boolean {
  return token?.isMark === true && token.text === mark;
}

const tokenPattern =
  /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|"((?:[^"\\]|\\[\s\S])*)"?|'((?:[^'\\]|\\[\s\S])*)'?|([=;])|([^\s=;"']+)/g;

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (const [, double, single, mark, word] of text.matchAll(tokenPattern)) {
    const quoted = double ?? single;
    if (quoted !== undefined) tokens.push({ text: unescapeQuoted(quoted), isMark: false });
    else if (mark !== undefined) tokens.push({ text: mark, isMark: true });
    else if (word !== undefined) tokens.push({ text: word, isMark: false });
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
