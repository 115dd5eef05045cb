import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { activeConfig } from '../../shared/active-profile.js';
import type { Clock } from '../../shared/clock.js';
import { describeError, ResonanceError } from '../../shared/errors.js';
import type { SettingsView } from '../../shared/ipc.js';
import { formatConfigProblem } from '../../shared/resolve-config.js';
import { createLogger, type LogControl, type LogSink } from '../log/logger.js';
import { createStreamSink, type TextStream } from '../log/stream-sink.js';
import { parseSettingsArguments } from '../settings/command-line.js';
import { settingsFromEnvironment } from '../settings/environment.js';
import { noKeychain, SecretStore } from '../settings/secret-store.js';
import { SettingsStore } from '../settings/settings-store.js';
import { createSystemClock } from '../system-clock.js';
import { dataDirectoryOf } from './default-data-directory.js';

/** What a command gets: its own arguments, the settings, and the outside world. */
export interface CommandContext {
  /** What is left after the command's name, `--json` and the flags of the settings. */
  readonly parameters: readonly string[];
  /** `--json`: stdout is one JSON object a line. */
  readonly json: boolean;
  readonly settings: SettingsStore;
  readonly secrets: SecretStore;
  readonly dataDirectory: string;
  readonly clock: Clock;
  /** To stderr; its level follows the settings once they are loaded. */
  readonly log: LogControl;
  /** Where that log goes, for a node that keeps its own. */
  readonly logSink: LogSink;
  /** Aborted by SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** One line to stdout. */
  print(line: string): void;
  /** One line to stderr. */
  complain(line: string): void;
}

/** Runs a command; the number is the exit code, 0 only when what was asked for happened. */
export type Command = (context: CommandContext) => Promise<number>;

export interface CommandEnvironment {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Where the log goes. */
  readonly errorStream: TextStream;
  print(line: string): void;
  complain(line: string): void;
}

/** @throws ResonanceError `COMMAND_INVALID` for flags that make no sense */
export function createCommandContext(
  parameters: readonly string[],
  outside: CommandEnvironment,
): CommandContext {
  const parsed = parseSettingsArguments(parameters);
  const { environment } = outside;
  const dataDirectory = dataDirectoryOf(parsed.dataDirectory, environment, process.platform, homedir());
  const configFile = parsed.configFile ?? environment.RESONANCE_CONFIG;
  const clock = createSystemClock();
  const json = parsed.rest.includes('--json');
  const logSink = createStreamSink({ stream: outside.errorStream, format: json ? 'json' : 'pretty' });
  return {
    parameters: parsed.rest.filter((parameter) => parameter !== '--json'),
    json,
    settings: new SettingsStore({
      file: configFile ? resolve(configFile) : join(dataDirectory, 'settings.json'),
      isFileNamed: Boolean(configFile),
      environment: settingsFromEnvironment(environment),
      flags: parsed.values,
      clock,
    }),
    secrets: new SecretStore({
      file: join(dataDirectory, 'secrets.json'),
      keychain: noKeychain,
      environment,
    }),
    dataDirectory,
    clock,
    log: createLogger({ sinks: [logSink], clock }),
    logSink,
    signal: outside.signal,
    print: outside.print,
    complain: outside.complain,
  };
}

/** The options of one command. @throws ResonanceError `COMMAND_INVALID` naming the option */
export function parseOptions<T extends NonNullable<ParseArgsConfig['options']>>(
  context: CommandContext,
  options: T,
): ReturnType<typeof parseArgs<{ options: T; args: string[]; strict: true }>>['values'] {
  try {
    return parseArgs({ args: [...context.parameters], options, strict: true }).values;
  } catch (error) {
    throw new ResonanceError('COMMAND_INVALID', describeError(error), { hint: 'See resonance --help' });
  }
}

/** Loads the settings with the active profile laid over them, says on stderr what is wrong with them, and sets the log's level. */
export async function loadSettings(context: CommandContext): Promise<SettingsView> {
  const view = await context.settings.load();
  context.log.setLevel(view.config.log.level);
  for (const problem of view.problems) context.complain(`settings: ${formatConfigProblem(problem)}`);
  return { ...view, config: activeConfig(view.config) };
}
