import { resolve } from 'node:path';
import type { ClientImportPreview, ImportLine } from '../../shared/client-import.js';
import { ResonanceError } from '../../shared/errors.js';
import { type ProfileColor, profileColors } from '../../shared/kafka-config.js';
import { formatConfigProblem } from '../../shared/resolve-config.js';
import { ClientImport } from '../settings/client-file/client-import.js';
import { secretVariables } from '../settings/secret-store.js';
import { DirectoryLock } from '../storage/directory-lock.js';
import { translateStorageError } from '../storage-errors.js';
import type { CommandContext } from './command-context.js';

export interface ImportOptions {
  readonly file: string;
  /** Name of the new profile; the file's by default. */
  readonly profile?: string | undefined;
  /** In the place of those of the file, comma separated. */
  readonly brokers?: string | undefined;
  readonly color?: string | undefined;
  readonly 'read-only'?: boolean | undefined;
  readonly apply?: boolean | undefined;
}

const marks = { taken: 'taken', ignored: 'ignored', unsupported: 'NOT SUPPORTED' } as const;

/** Shows what an import would do; with `apply` it is done. Exit 0 when what was asked for happened. */
export async function runImport(context: CommandContext, options: ImportOptions): Promise<number> {
  const { settings, secrets, dataDirectory } = context;
  const color = colorOf(options.color);
  const clientImport = new ClientImport({ settings, secrets, dataDirectory });
  const source = { kind: 'file', path: resolve(options.file) } as const;
  const preview = await clientImport.preview(source);
  const name = options.profile ?? preview.name;
  const brokers = options.brokers?.split(',').map((broker) => broker.trim()) ?? null;
  if (context.json) for (const line of preview.report) context.print(JSON.stringify(line));
  else printReadably(context, name, preview);

  let applied = false;
  if (options.apply === true) {
    const result = await whileLocked(dataDirectory, () =>
      clientImport.apply(
        { source, name, color, readOnly: options['read-only'] ?? false, brokers },
        { keepsSecrets: false },
      ),
    );
    for (const problem of result.problems) context.complain(formatConfigProblem(problem));
    applied = result.problems.length === 0;
  }
  const { settings: proposed, secrets: needed, notes } = preview;
  if (context.json) {
    context.print(JSON.stringify({ profile: name, settings: proposed, secrets: needed, notes, applied }));
  } else if (applied) context.print(`Saved as the profile ${name}. Use it with --set profile=${name}.`);
  else if (options.apply !== true) context.print('Nothing was changed: --apply saves this profile.');
  if (applied) complainOfSecrets(context, preview);
  return applied || options.apply !== true ? 0 : 1;
}

function printReadably(context: CommandContext, name: string, preview: ClientImportPreview): void {
  const { syntax, report, notes } = preview;
  const kind = syntax === 'java' ? 'a properties file of Java’s client' : 'a file of librdkafka';
  context.print(`Read as ${kind}; proposed profile: ${name}`);
  const keyWidth = Math.max(0, ...report.map(({ key }) => key.length));
  for (const line of report) context.print(readableLine(line, keyWidth));
  for (const note of notes) context.print(`note: ${note}`);
}

function readableLine({ key, line, outcome, detail, hint }: ImportLine, keyWidth: number): string {
  const advice = hint === null ? '' : `\n${' '.repeat(6)}${hint}`;
  return `${String(line).padStart(4)}  ${key.padEnd(keyWidth)}  ${marks[outcome]}: ${detail}${advice}`;
}

/** There is no keychain here: where each secret has to come from instead. */
function complainOfSecrets(context: CommandContext, { secrets }: ClientImportPreview): void {
  if (secrets.length === 0) return;
  const variables = secrets.map((secret) => secretVariables[secret]).join(', ');
  context.complain(
    `Not kept, as only the app can use the system’s keychain: ${secrets.join(', ')}. Enter them there under Settings, or set ${variables}${secrets.includes('password') ? ' (or security.passwordFile)' : ''}.`,
  );
}

function colorOf(text: string | undefined): ProfileColor {
  const color = profileColors.find((known) => known === (text ?? 'grey'));
  if (color !== undefined) return color;
  throw new ResonanceError('COMMAND_INVALID', `--color ${text}: expected ${profileColors.join(', ')}`);
}

/** A node that runs holds the settings in memory, and would write over what is saved behind its back. */
async function whileLocked<T>(dataDirectory: string, action: () => Promise<T>): Promise<T> {
  let lock: DirectoryLock;
  try {
    lock = await DirectoryLock.acquire(dataDirectory);
  } catch (error) {
    throw translateStorageError(error);
  }
  try {
    return await action();
  } finally {
    await lock.release();
  }
}
