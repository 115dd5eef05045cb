import type { SimulationFault } from '../../../shared/feed.js';
import type { CommandParameters } from '../../../shared/ipc.js';
import type { ResonanceClient } from '../ipc/client.js';
import type { ToastsStore } from './toasts-store.js';

/** Commands whose effect shows in the feed; their outcome is a toast, so they never reject. */
export interface NodeCommands {
  reconnectPeer(name: string): Promise<void>;
  /** Starts the named demo nodes; without names LexAmoris and Nexus. */
  startSimulation(nodes?: readonly string[]): Promise<void>;
  stopSimulation(): Promise<void>;
  setFault(node: string, fault: SimulationFault, enabled: boolean): Promise<void>;
  reveal(what: CommandParameters<'app.reveal'>): Promise<void>;
}

const demoNodes = ['lexamoris', 'nexus'];

export function createNodeCommands(client: ResonanceClient, toasts: ToastsStore): NodeCommands {
  const run = async (failed: string, done: string | null, action: () => Promise<unknown>): Promise<void> => {
    try {
      await action();
      if (done !== null) toasts.getState().show('success', done);
    } catch (error) {
      toasts.getState().showError(error, failed);
    }
  };
  return {
    reconnectPeer: (name) =>
      run(`Could not reconnect to ${name}`, `Reconnecting to ${name}`, () =>
        client.call('peer.reconnect', name),
      ),
    startSimulation: (nodes = demoNodes) =>
      run('The demo mesh did not start', 'The demo mesh is running', () =>
        client.call('simulation.start', nodes),
      ),
    stopSimulation: () =>
      run('The demo mesh did not stop', 'The demo mesh is stopped', () => client.call('simulation.stop')),
    setFault: (node, fault, enabled) =>
      run(`Could not switch ${fault} of ${node}`, null, () =>
        client.call('simulation.setFault', { node, fault, enabled }),
      ),
    reveal: (what) => run('Could not open the folder', null, () => client.call('app.reveal', what)),
  };
}
