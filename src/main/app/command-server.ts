import type { IpcMain, IpcMainInvokeEvent, WebContents } from 'electron';
import { channels } from '../../shared/channels.js';
import { ResonanceError, toErrorReport } from '../../shared/errors.js';
import type { CommandName, CommandOutcome, CommandParameters, CommandResults } from '../../shared/ipc.js';
import type { Logger } from '../../shared/logger.js';
import type { AppOrigin } from './app-origin.js';

/** Executes one validated command. */
export type CommandExecutor = <N extends CommandName>(
  name: N,
  parameters: CommandParameters<N>,
) => Promise<CommandResults[N]>;

export interface CommandServerOptions {
  readonly ipcMain: IpcMain;
  readonly origin: AppOrigin;
  /** The one page that may give commands; undefined while there is none. */
  readonly page: () => WebContents | undefined;
  readonly execute: CommandExecutor;
  readonly logger: Logger;
}

/**
 * Answers `window.resonance.invoke`. Every call is checked twice: that it comes from the main frame of our own window
 * at our own address, and that its arguments are what the contract says. It never rejects: errors travel as data.
 */
export function serveCommands(options: CommandServerOptions): void {
  const { ipcMain, execute, logger } = options;
  ipcMain.handle(channels.invoke, async (event, name: unknown, parameters: unknown) => {
    try {
      assertTrustedSender(event, options);
      const command = await validateCommand(name, parameters);
      return { ok: true, value: await execute(command.name, command.parameters) };
    } catch (error) {
      const report = toErrorReport(error);
      // While quitting, every command of the page that still shows is refused: nothing to warn of.
      const level = report.code === 'SHUTTING_DOWN' ? 'debug' : 'warn';
      logger[level]('a command failed', { command: String(name).slice(0, 64), ...report });
      return { ok: false, error: report } satisfies CommandOutcome<CommandName>;
    }
  });
}

/** `senderFrame` is null once the frame is gone (Electron 33 and later): then nobody waits for the answer either. */
function assertTrustedSender(event: IpcMainInvokeEvent, { origin, page }: CommandServerOptions): void {
  const frame = event.senderFrame;
  const contents = page();
  const isTrusted =
    contents !== undefined &&
    event.sender === contents &&
    frame !== null &&
    frame === contents.mainFrame &&
    origin.owns(frame.url);
  if (!isTrusted) throw new ResonanceError('COMMAND_DENIED', 'This page may not give commands');
}

/** @throws ResonanceError COMMAND_INVALID naming what is wrong */
async function validateCommand(
  name: unknown,
  parameters: unknown,
): Promise<{ readonly name: CommandName; readonly parameters: never }> {
  // Loaded with the first command, which comes after the first paint.
  const { commandParameters } = await import('../../shared/ipc.js');
  if (typeof name !== 'string' || !Object.hasOwn(commandParameters, name)) {
    throw new ResonanceError('COMMAND_INVALID', `No such command: ${String(name).slice(0, 64)}`);
  }
  const command = name as CommandName;
  const result = commandParameters[command].safeParse(parameters);
  if (!result.success) {
    const [issue] = result.error.issues;
    const path = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
    throw new ResonanceError('COMMAND_INVALID', `${command}${path}: ${issue?.message ?? 'invalid'}`);
  }
  // The schema of this very name produced it; the type system cannot follow the name through the table.
  return { name: command, parameters: result.data as never };
}
