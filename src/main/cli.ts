#!/usr/bin/env node
import { ResonanceError, toErrorReport } from '../shared/errors.js';
import { type Command, type CommandEnvironment, createCommandContext } from './cli/command-context.js';
import { usage } from './cli/usage.js';

/** Each command loads what it needs, and only that. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./cli/start-command.js')).runStart,
  send: async () => (await import('./cli/send-command.js')).runSend,
  tail: async () => (await import('./cli/tail-command.js')).runTail,
  config: async () => (await import('./cli/config-command.js')).runConfig,
  doctor: async () => (await import('./cli/doctor-command.js')).runDoctor,
  simulate: async () => (await import('./cli/simulate-command.js')).runSimulate,
  groups: async () => (await import('./cli/groups-command.js')).runGroups,
  broker: async () => (await import('./cli/broker-command.js')).runBroker,
};

async function main(parameters: readonly string[], outside: CommandEnvironment): Promise<number> {
  const [name, ...rest] = parameters;
  if (name === undefined || name === 'help' || parameters.includes('--help') || parameters.includes('-h')) {
    outside.print(usage);
    return name === undefined ? 2 : 0;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) {
    throw new ResonanceError('COMMAND_INVALID', `There is no command ${name}`, {
      hint: 'See resonance --help',
    });
  }
  const command = await load();
  return command(createCommandContext(rest, outside));
}

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());
// A reader that went away (`resonance tail | head`) ends the command like an interrupt.
process.stdout.on('error', () => interruption.abort());

const outside: CommandEnvironment = {
  environment: process.env,
  signal: interruption.signal,
  errorStream: process.stderr,
  print: (line) => void process.stdout.write(`${line}\n`),
  complain: (line) => void process.stderr.write(`${line}\n`),
};

try {
  process.exitCode = await main(process.argv.slice(2), outside);
} catch (error) {
  const { code, message, hint } = toErrorReport(error);
  outside.complain(`${code}: ${message}${hint === undefined ? '' : `\n  ${hint}`}`);
  process.exitCode = code === 'COMMAND_INVALID' ? 2 : 1;
}
