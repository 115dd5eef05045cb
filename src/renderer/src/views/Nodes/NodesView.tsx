import { useState } from 'react';
import { Button } from '../../components/Button.js';
import { Chunk } from '../../components/Chunk.js';
import { createChunk } from '../../components/component-chunk.js';
import { EmptyState } from '../../components/EmptyState.js';
import { MeshButton } from '../../components/MeshButton.js';
import layout from '../../components/split.module.css';
import frame from '../../components/view.module.css';
import { useStoreState, useStores } from '../../stores/stores-context.js';
import { NodeDetail } from './NodeDetail.js';
import { NodeList } from './NodeList.js';

const peerDialog = createChunk(async () => (await import('../Peers/PeerDialog.js')).PeerDialog);

/** Every node of the mesh, and one of them with its links, its beats and its last messages. */
export function NodesView() {
  const nodes = useStoreState('nodes', (state) => state.nodes);
  const chosen = useStoreState('nodeDetail', (state) => state.selected);
  const [dialog, setDialog] = useState<{ readonly peer: string | null } | null>(null);
  const node = nodes.find((candidate) => candidate.name === chosen) ?? nodes[0];
  return (
    <div className={frame.view}>
      <div className={frame.bar}>
        <Button icon="plus" onClick={() => setDialog({ peer: null })}>
          Add a peer
        </Button>
        <DemoMeshButton />
      </div>
      {node === undefined ? (
        <EmptyState title="No nodes yet">
          <p>This node and its peers appear here as soon as it has started.</p>
        </EmptyState>
      ) : (
        <div className={layout.split}>
          <NodeList nodes={nodes} selected={node.name} />
          <NodeDetail key={node.name} node={node} onEdit={() => setDialog({ peer: node.name })} />
        </div>
      )}
      {dialog !== null && (
        <Chunk of={peerDialog} props={{ name: dialog.peer, onClose: () => setDialog(null) }} />
      )}
    </div>
  );
}

function DemoMeshButton() {
  const { commands } = useStores();
  const running = useStoreState('status', (state) => state.status?.simulation.running ?? false);
  const [busy, setBusy] = useState(false);
  const toggle = async (): Promise<void> => {
    setBusy(true);
    await (running ? commands.stopSimulation() : commands.startSimulation());
    setBusy(false);
  };
  const ToggleButton = running ? Button : MeshButton;
  return (
    <ToggleButton
      icon="flask"
      disabled={busy}
      title="LexAmoris and Nexus as real nodes on this machine, with faults to switch on"
      onClick={() => void toggle()}
    >
      {running ? 'Stop the demo mesh' : 'Start the demo mesh'}
    </ToggleButton>
  );
}
