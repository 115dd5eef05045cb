import { flattenConfig, formatConfigProblem } from '../../shared/resolve-config.js';
import type { Command } from './command-context.js';

/** `resonance config`: the effective configuration, each value with where it came from. Exit 1 when a value is wrong. */
export const runConfig: Command = async (context) => {
  const { config, sources, problems, file } = await context.settings.load();
  const leaves = flattenConfig(config);
  if (context.json) {
    for (const { path, value } of leaves)
      context.print(JSON.stringify({ path, value, source: sources[path] }));
    for (const problem of problems) context.print(JSON.stringify({ problem }));
  } else {
    const pathWidth = Math.max(...leaves.map(({ path }) => path.length));
    for (const { path, value } of leaves) {
      context.print(`${path.padEnd(pathWidth)}  ${JSON.stringify(value)}  (${sources[path]})`);
    }
    context.print(`\nSettings file: ${file}`);
    for (const problem of problems) context.complain(formatConfigProblem(problem));
  }
  return problems.length === 0 ? 0 : 1;
};
