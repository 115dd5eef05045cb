import { ResonanceError } from '../../shared/errors.js';
import type { CommandParameters, CommandResults } from '../../shared/ipc.js';
import type { KafkaSide } from './kafka-side.js';
import type { NodeCommandName } from './node-runtime.js';
import { notRunning } from './operator-desk.js';
import type { ResonanceNode } from './resonance-node.js';

export type NodeCommands = {
  readonly [N in NodeCommandName]: (
    parameters: CommandParameters<N>,
  ) => CommandResults[N] | Promise<CommandResults[N]>;
};

/** What the operator can ask of the node, one entry a command of the contract. */
export function createNodeCommands(node: ResonanceNode): NodeCommands {
  const { monitor, settings } = node;
  return {
    'feed.start': () => node.startFeed(),
    'feed.acknowledge': (sequence) => done(monitor.feed.acknowledge(sequence)),
    'messages.setFilter': (filter) => done(monitor.feed.setFilter(filter)),
    'messages.page': (request) => monitor.history.page(request),
    'messages.detail': (sequence) => monitor.history.detail(sequence),
    'series.window': (windowMs) => monitor.seriesWindow(windowMs),
    'compose.send': (request) => node.pipeline.send(request),
    'outbox.retry': (id) => node.pipeline.delivery.desk.retryFailed(id).then(done),
    'outbox.discard': (id) => node.pipeline.delivery.desk.discardEntry(id).then(done),
    'outbox.text': (id) => node.pipeline.delivery.desk.entryText(id),
    'outbox.replace': ({ id, text }) => node.pipeline.delivery.desk.replaceFailed(id, text),
    'deadLetters.list': () => node.pipeline.delivery.desk.list(),
    'deadLetters.resend': ({ id, text }) => node.pipeline.delivery.desk.resend(id, text).then(done),
    'deadLetters.discard': (id) => node.pipeline.delivery.desk.discard(id).then(done),
    'deadLetters.restore': (id) => node.pipeline.delivery.desk.restore(id).then(done),
    'topics.list': () => kafkaOf(node).topics.list(),
    'topics.create': ({ name, partitions, replicationFactor }) =>
      kafkaOf(node).admin.createTopic(name, { partitions, replicationFactor }).then(done),
    'groups.list': () => kafkaOf(node).groups.list(),
    'groups.describe': (groupId) => kafkaOf(node).groups.describe(groupId),
    'groups.previewReset': (request) => kafkaOf(node).groups.previewReset(request),
    'groups.previewUndo': (snapshotId) => kafkaOf(node).groups.previewUndo(snapshotId),
    'groups.apply': ({ planId, pauseOwn }) => kafkaOf(node).groups.apply(planId, pauseOwn),
    'peer.reconnect': (name) => done(node.pipeline.peers.reconnect(name)),
    'doctor.run': () => {
      // Its steps come with the feed; the command only begins it.
      void node.runDoctor();
      return undefined;
    },
    'settings.get': () => settings.view(),
    'settings.update': (changes) => settings.update(changes),
    'settings.addPeer': ({ name, websocket, topic }) => settings.addPeer(name, { websocket, topic }),
    'settings.removePeer': (name) => settings.removePeer(name),
    'settings.setSecret': async ({ profile, name, value, keep }) => {
      await node.secrets.set(profile, name, value, keep);
      return node.secrets.view(profile);
    },
    'settings.secretState': (profile) => node.secrets.view(profile),
    'profiles.rename': ({ from, to }) => node.profiles.rename(from, to),
    'profiles.duplicate': ({ from, to }) => node.profiles.duplicate(from, to),
    'profiles.remove': (name) => node.profiles.remove(name),
    'profiles.restore': (name) => node.profiles.restore(name),
    'profiles.previewImport': (source) => node.profiles.import.preview(source),
    'profiles.import': (request) => node.profiles.import.apply(request),
    'simulation.start': (names) => node.startDemo(names).then(done),
    'simulation.stop': () => node.stopDemo().then(done),
    'simulation.setFault': ({ node: name, fault, enabled }) => {
      if (node.mesh === null) {
        throw new ResonanceError('NOT_FOUND', 'The demo mesh does not run', { hint: 'Start it first.' });
      }
      node.mesh.setFault(name, fault, enabled);
      monitor.feed.markChanged('status');
      return undefined;
    },
    'logs.setLevel': (level) => done(node.log.setLevel(level)),
  };
}

function done(_nothing: unknown): undefined {
  return undefined;
}

function kafkaOf(node: ResonanceNode): KafkaSide {
  const { kafka } = node.pipeline;
  if (kafka === null) throw notRunning();
  return kafka;
}
