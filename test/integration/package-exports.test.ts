import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { projectRoot } from '../../scripts/lib/project.mjs';
import { run, runBin } from '../../scripts/lib/run.mjs';

const components = [
  'ResonanceProducer',
  'ResonanceConsumer',
  'ResonanceWebSocketServer',
  'ResonanceWebSocketClient',
  'StateSynchronizer',
  'ResonancePipeline',
];

describe('the built package, installed in a program of its own', () => {
  let folder = '';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'program-'));
    await mkdir(join(folder, 'node_modules'));
    await symlink(projectRoot, join(folder, 'node_modules', 'resonance'), 'junction');
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  test('exports every component under its own name, and importing it starts nothing that keeps the program running', async () => {
    const program = join(folder, 'program.js');
    await writeFile(
      program,
      "import * as resonance from 'resonance';\n" +
        "console.log(Object.values(resonance).flatMap((part) => part.name ?? []).join(' '));\n",
    );
    const { code, output } = await run(process.execPath, [program], { timeoutMs: 15_000 });
    expect(output.trim().split(' ')).toEqual(expect.arrayContaining(components));
    expect(code).toBe(0);
  });

  test('has declarations that a strict program compiles against', async () => {
    const program = join(folder, 'program.ts');
    const uses = components.map((name) => `export type ${name}Methods = keyof InstanceType<typeof ${name}>;`);
    const wrong =
      '// @ts-expect-error it has no such method\nexport type Wrong = ResonanceProducer["noSuchMethod"];';
    await writeFile(
      program,
      [`import { ${components.join(', ')} } from 'resonance';`, ...uses, wrong, ''].join('\n'),
    );
    const options = ['--ignoreConfig', '--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023'];
    const types = [
      '--skipLibCheck',
      '--typeRoots',
      join(projectRoot, 'node_modules', '@types'),
      '--types',
      'node',
    ];
    const { code, output } = await runBin('typescript', [...options, ...types, program], {
      bin: 'tsc',
      cwd: folder,
    });
    expect(output).toBe('');
    expect(code).toBe(0);
  });
});
