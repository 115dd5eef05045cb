import type { Config } from '../../shared/config.js';
import { flattenConfig, formatConfigProblem } from '../../shared/resolve-config.js';
import { type Command, type CommandContext, parseOptions } from './command-context.js';

const optionTypes = {
  import: { type: 'string' },
  profile: { type: 'string' },
  brokers: { type: 'string' },
  color: { type: 'string' },
  'read-only': { type: 'boolean' },
  apply: { type: 'boolean' },
} as const;

/**
 * `resonance config`: the effective configuration, each value with where it came from. Exit 1 when a value is wrong. With
 * `--import FILE` another Kafka client's file as a profile: what that would do, and with `--apply` the doing.
 */
export const runConfig: Command = async (context) => {
  const options = parseOptions(context, optionTypes);
  const { config, sources, problems, file } = await context.settings.load();
  if (options.import !== undefined) {
    const { runImport } = await import('./config-import.js');
    return runImport(context, { ...options, file: options.import });
  }
  const leaves = flattenConfig(config);
  const secrets = await enteredSecrets(context, config);
  if (context.json) {
    for (const { path, value } of leaves)
      context.print(JSON.stringify({ path, value, source: sources[path] }));
    for (const secret of secrets) context.print(JSON.stringify(secret));
    for (const problem of problems) context.print(JSON.stringify({ problem }));
  } else {
    const pathWidth = Math.max(...leaves.map(({ path }) => path.length));
    for (const { path, value } of leaves) {
      context.print(`${path.padEnd(pathWidth)}  ${JSON.stringify(value)}  (${sources[path]})`);
    }
    for (const { profile, secret, place } of secrets) {
      context.print(`${secret}${profile === '' ? '' : ` of ${profile}`}  ********  (${place})`);
    }
    context.print(`\nSettings file: ${file}`);
    for (const problem of problems) context.complain(formatConfigProblem(problem));
  }
  return problems.length === 0 ? 0 : 1;
};

/** The secrets that there are, of the profile in use; never their values. */
async function enteredSecrets({ secrets }: CommandContext, { profile }: Config) {
  const view = await secrets.view(profile);
  return view.secrets
    .filter(({ place }) => place !== null)
    .map(({ name, place }) => ({ profile, secret: name, place }));
}
