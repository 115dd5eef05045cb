/**
 * The walls between the parts of src: who may import whom. docs/architecture.md says why; this table says
 * what holds, and `npm test` fails on what breaks it.
 */

import { readdir, readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join, posix, relative, sep } from 'node:path';
import { readImports } from './imports.mjs';

/** What the pipeline joins to a node. */
const nodeParts = [
  'main/settings',
  'main/log',
  'main/storage',
  'main/broker',
  'main/kafka',
  'main/websocket',
  'main/sync',
  'main/outbox',
  'main/dedupe',
  'main/monitor',
  'main/simulation',
  'main/storage-errors.ts',
];

/**
 * What each room may import of ours, besides itself. A file belongs to the longest room that its path
 * starts with. `node: false` keeps Node's own modules out too (the room also runs in a page).
 */
const rooms = {
  shared: { imports: [], node: false, why: 'every process loads it, the page included' },
  'main/storage': { imports: [], why: 'it knows files, and nothing of what is kept in them' },
  'main/broker': {
    imports: ['main/storage'],
    why: 'it speaks Kafka to anybody, and knows nothing of Resonance',
  },
  'main/kafka': { imports: ['shared'], why: 'the pipeline joins the parts, through small interfaces' },
  'main/websocket': { imports: ['shared'], why: 'the pipeline joins the parts, through small interfaces' },
  'main/sync': { imports: ['shared'], why: 'the pipeline joins the parts, through small interfaces' },
  'main/monitor': { imports: ['shared'], why: 'the pipeline joins the parts, through small interfaces' },
  'main/log': { imports: ['shared'], why: 'everything logs, so it depends on nothing' },
  'main/storage-errors.ts': {
    imports: ['shared', 'main/storage'],
    why: 'it says what storage says in the words of everybody',
  },
  'main/settings': {
    imports: ['shared', 'main/storage', 'main/storage-errors.ts'],
    why: 'settings are read before anything else runs',
  },
  'main/outbox': {
    imports: ['shared', 'main/storage', 'main/storage-errors.ts'],
    why: 'it keeps messages, whoever sends them',
  },
  'main/dedupe': {
    imports: ['shared', 'main/storage'],
    why: 'it remembers ids, whoever sent and whoever handled the messages',
  },
  'main/simulation': {
    imports: ['shared', 'main/settings', 'main/kafka', 'main/websocket', 'main/sync', 'main/pipeline'],
    why: 'demo nodes are ordinary nodes',
  },
  'main/pipeline': { imports: ['shared', ...nodeParts], why: 'it must run without a window' },
  'main/app': { imports: ['shared', 'main'], why: 'it is a shell around the node' },
  main: { imports: ['shared', ...nodeParts, 'main/pipeline'], why: 'the node must run without Electron' },
  'main/index.ts': { imports: ['shared', 'main'], why: 'it is the Electron entry' },
  preload: { imports: ['shared'], node: false, why: 'it is bundled for the sandbox' },
  renderer: {
    imports: ['shared', 'renderer/src/stores'],
    node: false,
    why: 'it runs in the page, and reaches the node through stores alone',
  },
  'renderer/src/stores': { imports: ['shared', 'renderer'], node: false, why: 'it runs in the page' },
  'renderer/src/ipc': { imports: ['shared'], node: false, why: 'it is the one way out of the page' },
};

/** Packages that only some rooms may know: the rest of the code stays free to do without them. */
const packageHomes = {
  electron: ['main/app', 'main/index.ts', 'preload'],
  kafkajs: ['main/kafka'],
  ws: ['main/websocket'],
};

/** The page's bridge to the main process, and the one room that reaches for it. */
const bridge = { name: 'resonance', home: 'renderer/src/ipc' };

/** Lines: above the first a file is pointed out, above the second it fails. */
const lineLimits = { look: 300, fail: 500 };

/** @param {string} path of a file below src, with '/' */
function roomOf(path) {
  let best;
  for (const room of Object.keys(rooms)) {
    const inside = path === room || path.startsWith(`${room}/`);
    if (inside && (best === undefined || room.length > best.length)) best = room;
  }
  return best;
}

/** Whether `room` is one of `allowed` or lies inside one. */
const isWithin = (room, allowed) => allowed.some((name) => room === name || room.startsWith(`${name}/`));

function packageOf(specifier) {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0];
}

/** Says what is wrong with one import, or undefined when nothing is. */
function judge(path, room, specifier) {
  if (specifier === undefined)
    return 'the imported path is computed, so no wall can be checked: write it out';
  if (specifier.startsWith('.')) {
    const target = posix.normalize(posix.join(posix.dirname(path), specifier.split('?')[0]));
    if (target.startsWith('..')) return `${specifier} leaves src`;
    const targetRoom = roomOf(target.replace(/\.js$/, '.ts'));
    if (targetRoom === undefined) return `${specifier} is in no room: add one to scripts/lib/walls.mjs`;
    return targetRoom === room || isWithin(targetRoom, rooms[room].imports)
      ? undefined
      : wallMessage(room, targetRoom);
  }
  if (isBuiltin(specifier)) {
    return rooms[room].node === false
      ? `${room} uses no Node module (${specifier}): ${rooms[room].why}`
      : undefined;
  }
  const homes = packageHomes[packageOf(specifier)];
  if (homes === undefined || isWithin(room, homes)) return undefined;
  return `only ${homes.join(' and ')} may import ${specifier}: go through what they offer`;
}

function wallMessage(room, targetRoom) {
  const { imports, why } = rooms[room];
  const may = imports.length > 0 ? `only ${imports.join(', ')}` : 'nothing else of ours';
  return `${room} may not import ${targetRoom}: it imports ${may}, because ${why}. Declare what you need as an interface, and let the caller pass it in`;
}

/**
 * @typedef {object} Finding
 * @property {string} file below the checked folder, with '/'
 * @property {number} line
 * @property {string} message which wall, why, and what to do
 */

/**
 * Checks one file.
 *
 * @param {string} path below src, with '/'
 * @param {string} text
 * @returns {Finding[]}
 */
function checkFile(path, text) {
  const room = roomOf(path);
  if (room === undefined) {
    return [{ file: path, line: 1, message: 'is in no room: add one to scripts/lib/walls.mjs' }];
  }
  const findings = [];
  const { imports, globalAccesses } = readImports(path, text, bridge.name);
  for (const { specifier, line } of imports) {
    const message = judge(path, room, specifier);
    if (message !== undefined) findings.push({ file: path, line, message });
  }
  for (const line of isWithin(room, [bridge.home]) ? [] : globalAccesses) {
    findings.push({
      file: path,
      line,
      message: `only ${bridge.home} touches window.${bridge.name}: use a store`,
    });
  }
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  if (lines > lineLimits.fail) {
    const message = `${lines} lines, more than ${lineLimits.fail}: split it by responsibility`;
    findings.push({ file: path, line: lines, message });
  }
  return findings;
}

/**
 * Checks every TypeScript file below a src folder.
 *
 * @param {string} source
 * @returns {Promise<{ files: number, findings: Finding[], long: { file: string, lines: number }[] }>} `long`
 *   are files worth another look
 */
export async function checkWalls(source) {
  const entries = await readdir(source, { withFileTypes: true, recursive: true });
  const paths = entries
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) =>
      relative(source, join(entry.parentPath ?? entry.path, entry.name))
        .split(sep)
        .join('/'),
    )
    .sort();
  const findings = [];
  const long = [];
  for (const path of paths) {
    const text = await readFile(join(source, path), 'utf8');
    findings.push(...checkFile(path, text));
    const lines = text.split('\n').length;
    if (lines > lineLimits.look) long.push({ file: path, lines });
  }
  return { files: paths.length, findings, long };
}
