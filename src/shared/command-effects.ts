import type { CommandName } from './ipc.js';

/**
 * What a command may change: `nothing` but what the window shows, `node` (this node's own settings, files and links), or
 * `mesh` (the cluster or other nodes). The read-only lock of a profile refuses those of the mesh.
 */
export type CommandEffect = 'nothing' | 'node' | 'mesh';

/** Every command of the contract; what is missing here does not compile. */
export const commandEffects = {
  'app.info': 'nothing',
  'app.reveal': 'nothing',
  'app.chooseFile': 'nothing',
  'feed.start': 'nothing',
  'feed.acknowledge': 'nothing',
  'messages.setFilter': 'nothing',
  'messages.page': 'nothing',
  'messages.detail': 'nothing',
  'series.window': 'nothing',
  'compose.send': 'mesh',
  'outbox.retry': 'mesh',
  'outbox.discard': 'node',
  'outbox.replace': 'mesh',
  'outbox.text': 'nothing',
  'deadLetters.list': 'nothing',
  'deadLetters.resend': 'mesh',
  'deadLetters.discard': 'node',
  'deadLetters.restore': 'node',
  'topics.list': 'nothing',
  'topics.create': 'mesh',
  'groups.list': 'nothing',
  'groups.describe': 'nothing',
  'groups.previewReset': 'nothing',
  'groups.previewUndo': 'nothing',
  'groups.apply': 'mesh',
  'peer.reconnect': 'node',
  'doctor.run': 'nothing',
  'settings.get': 'nothing',
  'settings.update': 'node',
  'settings.addPeer': 'node',
  'settings.removePeer': 'node',
  'settings.setSecret': 'node',
  'settings.secretState': 'nothing',
  'profiles.rename': 'node',
  'profiles.duplicate': 'node',
  'profiles.remove': 'node',
  'profiles.restore': 'node',
  'profiles.previewImport': 'nothing',
  'profiles.import': 'node',
  'simulation.start': 'mesh',
  'simulation.stop': 'node',
  'simulation.setFault': 'mesh',
  'logs.setLevel': 'node',
} as const satisfies Record<CommandName, CommandEffect>;

/** Commands that the read-only lock refuses. */
export type MeshCommandName = {
  [Name in CommandName]: (typeof commandEffects)[Name] extends 'mesh' ? Name : never;
}[CommandName];

/** What did not happen, in front of the reason. */
export const refusalWords: Readonly<Record<MeshCommandName, string>> = {
  'compose.send': 'The message was not sent',
  'outbox.retry': 'The message was not sent again',
  'outbox.replace': 'The message was not sent',
  'deadLetters.resend': 'The dead letter was not sent again',
  'topics.create': 'The topic was not created',
  'groups.apply': 'The offsets were not changed',
  'simulation.start': 'The demo mesh was not started',
  'simulation.setFault': 'The fault was not switched',
};

export function changesMesh(name: CommandName): name is MeshCommandName {
  return commandEffects[name] === 'mesh';
}
