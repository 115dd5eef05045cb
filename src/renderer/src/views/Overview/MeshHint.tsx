import { Button } from '../../components/Button.js';
import { MeshButton } from '../../components/MeshButton.js';
import { useStoreState, useStores } from '../../stores/stores-context.js';
import styles from './MeshHint.module.css';
import { isUnreachable } from './NodeCard.js';

/** While this node has no company: how to get some. */
export function MeshHint() {
  const { ui, commands } = useStores();
  const nodes = useStoreState('nodes', (state) => state.nodes);
  const simulationRuns = useStoreState('status', (state) => state.status?.simulation.running ?? false);
  const peers = nodes.filter((node) => !node.isSelf);
  const isAlone = nodes.length > 0 && peers.every(isUnreachable);
  if (!isAlone || simulationRuns) return null;
  return (
    <section className={styles.hint} aria-label="Getting started">
      <p>
        {peers.length === 0
          ? 'No peers are configured. Add one with its endpoint, or try everything out with two demo nodes.'
          : 'No peer can be reached. Edit their endpoints, or try everything out with two demo nodes on this machine.'}
      </p>
      <div className={styles.actions}>
        <MeshButton tone="primary" icon="flask" onClick={() => void commands.startSimulation()}>
          Start the demo mesh
        </MeshButton>
        <Button icon="plus" onClick={() => ui.getState().showSetting('peers')}>
          Add a peer
        </Button>
      </div>
    </section>
  );
}
