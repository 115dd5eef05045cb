/** What a TypeScript file imports, read with a real parser (the bundler's own). */

import { parseSync } from 'vite';

/**
 * @typedef {object} ImportReference
 * @property {string | undefined} specifier undefined when it is computed, and so cannot be checked
 * @property {number} line counted from 1
 */

/** The text of a string literal or of a template without substitutions. */
function literalText(node) {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0].value.cooked;
  return undefined;
}

const isImportMetaUrl = (node) =>
  node?.type === 'MemberExpression' && node.object.type === 'MetaProperty' && node.property.name === 'url';

/**
 * `new URL('./worker.js', import.meta.url)`: how workers are named. Other files so named (pages, the built
 * preload) are not source of ours.
 */
const namesWorker = ({ callee, arguments: [url, base] }) =>
  callee.type === 'Identifier' &&
  callee.name === 'URL' &&
  isImportMetaUrl(base) &&
  /\.[jt]sx?$/.test(literalText(url) ?? '');

/** Per node type: the node that holds the specifier, or undefined when this one imports nothing. */
const specifierNodes = {
  ImportDeclaration: (node) => node.source,
  ExportAllDeclaration: (node) => node.source,
  ExportNamedDeclaration: (node) => node.source ?? undefined,
  ImportExpression: (node) => node.source,
  TSImportType: (node) => node.source,
  TSExternalModuleReference: (node) => node.expression,
  CallExpression: (node) =>
    node.callee.type === 'Identifier' && node.callee.name === 'require' ? node.arguments[0] : undefined,
  NewExpression: (node) => (namesWorker(node) ? node.arguments[0] : undefined),
};

/** The names by which a page reaches its global object. */
const globalObjects = new Set(['window', 'globalThis', 'self']);

function accessesGlobal(node, name) {
  if (node.type !== 'MemberExpression' || node.object.type !== 'Identifier') return false;
  if (!globalObjects.has(node.object.name)) return false;
  return node.computed ? literalText(node.property) === name : node.property.name === name;
}

function visit(node, enter) {
  if (node === null || typeof node !== 'object') return;
  if (Array.isArray(node)) {
    for (const item of node) visit(item, enter);
    return;
  }
  if (typeof node.type === 'string') enter(node);
  for (const value of Object.values(node)) visit(value, enter);
}

/**
 * @param {string} file its name, by which the parser tells TypeScript from TSX
 * @param {string} text its content
 * @param {string} [globalName] a property of the global object to look out for
 * @returns {{ imports: ImportReference[], globalAccesses: number[] }} static, dynamic and type imports,
 *   re-exports, `require` and `new URL(.., import.meta.url)`; and the lines that reach for `globalName`
 * @throws when the file does not parse
 */
export function readImports(file, text, globalName) {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0].message}`);
  const lineOf = (offset) => text.slice(0, offset).split('\n').length;
  const imports = [];
  const globalAccesses = [];
  visit(program, (node) => {
    const source = specifierNodes[node.type]?.(node);
    if (source !== undefined) imports.push({ specifier: literalText(source), line: lineOf(node.start) });
    if (globalName !== undefined && accessesGlobal(node, globalName)) globalAccesses.push(lineOf(node.start));
  });
  return { imports, globalAccesses };
}
