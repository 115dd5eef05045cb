import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkWalls } from '../../../scripts/lib/walls.mjs';

describe('the walls check', () => {
  let source = '';

  beforeEach(async () => {
    source = await mkdtemp(join(tmpdir(), 'walls-'));
  });

  afterEach(async () => {
    await rm(source, { recursive: true, force: true });
  });

  const findingsIn = async (files: Record<string, string>) => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(source, path)), { recursive: true });
      await writeFile(join(source, path), text);
    }
    return (await checkWalls(source)).findings;
  };

  test('lets through a tree that keeps every wall', async () => {
    const findings = await findingsIn({
      'shared/message.ts': "import { z } from 'zod';\nimport type { Clock } from './clock.js';\n",
      'main/index.ts': "import { app } from 'electron';\nawait import('./app/window.js');\n",
      'main/app/files.ts':
        "new URL('../preload/index.cjs', import.meta.url);\nnew URL(path, import.meta.url);\n",
      'main/cli.ts': "import { start } from './pipeline/start.js';\n",
      'main/app/window.ts': "import { BrowserWindow } from 'electron';\nimport '../pipeline/start.js';\n",
      'main/broker/broker.ts': "import net from 'node:net';\nimport '../storage/log.js';\n",
      'main/kafka/producer.ts': "import { Kafka } from 'kafkajs';\nimport '../../shared/message.js';\n",
      'main/websocket/server.ts': "import { WebSocketServer } from 'ws';\n",
      'main/pipeline/start.ts': "import '../kafka/producer.js';\nimport '../broker/broker.js';\n",
      'preload/index.ts':
        "import { contextBridge } from 'electron';\nimport type { Ipc } from '../shared/ipc.js';\n",
      'renderer/src/App.tsx':
        "import './stores/feed.js';\nexport const App = () => <p>import('electron')</p>;\n",
      'renderer/src/stores/feed.ts': "import '../ipc/bridge.js';\n",
      'renderer/src/ipc/bridge.ts': 'export const bridge = window.resonance;\n',
    });
    expect(findings).toEqual([]);
  });

  test.each([
    [
      'shared imports something of ours',
      'shared/a.ts',
      "import '../main/sync/merge.js';",
      /^shared may not import main\/sync/,
    ],
    [
      'shared uses a Node module',
      'shared/a.ts',
      "import { join } from 'node:path';",
      /^shared uses no Node module/,
    ],
    [
      'a part other than the app imports electron',
      'main/pipeline/a.ts',
      "import 'electron';",
      /^only main\/app and main\/index.ts/,
    ],
    [
      'the node imports the app',
      'main/cli.ts',
      "import './app/window.js';",
      /^main may not import main\/app/,
    ],
    [
      'the broker imports shared',
      'main/broker/a.ts',
      "import '../../shared/errors.js';",
      /^main\/broker may not import shared/,
    ],
    [
      'storage imports something of ours',
      'main/storage/a.ts',
      "import '../broker/a.js';",
      /nothing else of ours/,
    ],
    [
      'sync imports kafka',
      'main/sync/a.ts',
      "import '../kafka/a.js';",
      /^main\/sync may not import main\/kafka/,
    ],
    [
      'monitor imports websocket',
      'main/monitor/a.ts',
      "import '../websocket/a.js';",
      /^main\/monitor may not/,
    ],
    [
      'kafkajs is used outside kafka',
      'main/monitor/a.ts',
      "import { Kafka } from 'kafkajs';",
      /^only main\/kafka/,
    ],
    [
      'ws is used outside websocket',
      'main/simulation/a.ts',
      "import WebSocket from 'ws';",
      /^only main\/websocket/,
    ],
    [
      'the renderer imports from main',
      'renderer/src/a.tsx',
      "import '../../main/node.js';",
      /^renderer may not import main/,
    ],
    ['the renderer uses a Node module', 'renderer/src/a.ts', "import 'fs';", /^renderer uses no Node module/],
    [
      'a view imports ipc',
      'renderer/src/views/A.tsx',
      "import '../ipc/a.js';",
      /^renderer may not import renderer\/src\/ipc/,
    ],
    [
      'a store touches the bridge',
      'renderer/src/stores/a.ts',
      'window.resonance.call();',
      /touches window.resonance/,
    ],
    [
      'the preload imports from main',
      'preload/index.ts',
      "import '../main/node.js';",
      /^preload may not import main/,
    ],
    ['an import leaves src', 'shared/a.ts', "import '../../scripts/lib/run.mjs';", /leaves src/],
    ['a file stands outside every room', 'other/a.ts', '', /in no room/],
    ['an import is computed', 'main/sync/a.ts', 'await import(name);', /computed/],
  ])('says so when %s', async (_wall, path, text, message) => {
    const findings = await findingsIn({ [path]: `// the first line\n${text}\n` });
    expect(findings).toHaveLength(1);
    expect(findings[0]?.message).toMatch(message);
    expect(findings[0]).toMatchObject({ file: path, line: text === '' ? 1 : 2 });
  });

  test.each([
    ['a type import', "import type { A } from '../kafka/a.js';"],
    ['a dynamic import', "const a = await import('../kafka/a.js');"],
    ['a dynamic import of a template', 'const a = await import(`../kafka/a.js`);'],
    ['a type in place', "type A = import('../kafka/a.js').A;"],
    ['a re-export', "export { a } from '../kafka/a.js';"],
    ['a re-export of everything', "export * from '../kafka/a.js';"],
    ['an import assignment', "import a = require('../kafka/a.js');"],
    ['a require call', "const a = require('../kafka/a.js');"],
    ['a worker', "new Worker(new URL('../kafka/a.js', import.meta.url));"],
  ])('sees %s', async (_form, text) => {
    const findings = await findingsIn({ 'main/sync/a.ts': text });
    expect(findings.map(({ message }) => message.split(':')[0])).toEqual([
      'main/sync may not import main/kafka',
    ]);
  });

  test('does not take text for an import', async () => {
    const text =
      "// import '../kafka/a.js'\nconst a = \"import('../kafka/a.js')\";\n/* from '../kafka/a.js' */\n";
    expect(await findingsIn({ 'main/sync/a.ts': text })).toEqual([]);
  });

  test('fails a file of more than 500 lines and points out one of more than 300', async () => {
    const lines = (count: number) => 'export {};\n'.repeat(count);
    const findings = await findingsIn({ 'shared/long.ts': lines(500), 'shared/too-long.ts': lines(501) });
    expect(findings).toEqual([
      {
        file: 'shared/too-long.ts',
        line: 501,
        message: '501 lines, more than 500: split it by responsibility',
      },
    ]);
    const { long } = await checkWalls(source);
    expect(long.map(({ file }) => file)).toEqual(['shared/long.ts', 'shared/too-long.ts']);
  });

  test('refuses a file that does not parse', async () => {
    await expect(findingsIn({ 'shared/a.ts': 'import {' })).rejects.toThrow('shared/a.ts does not parse');
  });
});
