/** `npm run walls`: fails when an import in src crosses a wall, or a file has outgrown its limit. */

import { inProject } from './lib/project.mjs';
import { checkWalls } from './lib/walls.mjs';

const { files, findings, long } = await checkWalls(inProject('src'));
for (const { file, lines } of long)
  process.stdout.write(`worth another look: src/${file} has ${lines} lines\n`);
for (const { file, line, message } of findings) process.stdout.write(`src/${file}:${line}: ${message}\n`);
process.stdout.write(`${files} files, ${findings.length} walls broken\n`);
process.exitCode = findings.length > 0 ? 1 : 0;
