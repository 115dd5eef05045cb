import { activeProfile } from '../../shared/active-profile.js';
import { ResonanceError } from '../../shared/errors.js';
import { type SimulationFault, simulationFaults } from '../../shared/feed.js';
import { readOnlyProfile } from '../kafka/read-only-profile.js';
import { isLoopback } from '../pipeline/broker-selector.js';
import { DemoMesh } from '../simulation/demo-mesh.js';
import { openBrokerAccess } from './broker-access.js';
import { type Command, loadSettings, parseOptions } from './command-context.js';
import { interrupted } from './interruption.js';

/** `resonance simulate`: demo nodes for a running node on this machine, until it is interrupted. */
export const runSimulate: Command = async (context) => {
  const options = parseOptions(context, {
    nodes: { type: 'string', default: 'lexamoris,nexus' },
    fault: { type: 'string', multiple: true },
  });
  const { config } = await loadSettings(context);
  const faults = (options.fault ?? []).map(parseFault);
  const names = options.nodes
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (activeProfile(config).readOnly) throw readOnlyProfile('The demo nodes were not started');
  const access = await openBrokerAccess(context, config);
  const mesh = new DemoMesh({
    resonanceUrl: `ws://127.0.0.1:${config.websocket.port}`,
    kafka: {
      connection: { ...access.connection, clientId: config.kafka.clientId },
      topics: config.kafka.topics,
    },
    portOf: (name) => localPort(config.peers[name]?.websocket),
    clock: context.clock,
    logger: context.log.logger,
  });
  try {
    await mesh.start(names);
    for (const name of names) for (const fault of faults) mesh.setFault(name, fault, true);
    for (const view of mesh.views()) {
      context.print(
        context.json ? JSON.stringify({ event: 'started', ...view }) : `${view.name} listens on ${view.url}`,
      );
    }
    await interrupted(context.signal);
    return 0;
  } finally {
    await mesh.stop();
    await access.close();
  }
};

/** The port of a peer's endpoint when the settings place it on this machine, so that the node finds it there; else any. */
function localPort(endpoint: string | undefined): number {
  if (endpoint === undefined) return 0;
  const url = new URL(endpoint);
  return isLoopback(url.hostname.replace(/^\[|\]$/g, '')) ? Number(url.port || 80) : 0;
}

function parseFault(text: string): SimulationFault {
  const fault = simulationFaults.find((name) => name === text);
  if (fault === undefined) {
    throw new ResonanceError('COMMAND_INVALID', `--fault ${text}: expected ${simulationFaults.join(', ')}`);
  }
  return fault;
}
