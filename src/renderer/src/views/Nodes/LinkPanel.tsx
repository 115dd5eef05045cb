import type { LinkState, NodeView } from '../../../../shared/feed.js';
import { Age } from '../../components/Age.js';
import { Button } from '../../components/Button.js';
import { Copyable } from '../../components/Copyable.js';
import { ErrorNotice } from '../../components/ErrorNotice.js';
import { Fact, Facts } from '../../components/Facts.js';
import { KafkaHeard } from '../../components/KafkaHeard.js';
import { LinkLabel } from '../../components/LinkLabel.js';
import { MeshButton } from '../../components/MeshButton.js';
import { Panel } from '../../components/Panel.js';
import { StateLabel } from '../../components/StateMark.js';
import { formatCount } from '../../format/numbers.js';
import { formatMilliseconds } from '../../format/time.js';
import { useStoreState, useStores } from '../../stores/stores-context.js';
import styles from './LinkPanel.module.css';

export interface LinkPanelProps {
  readonly node: NodeView;
  /** Whether a demo node of this name runs. */
  readonly isSimulated: boolean;
  onEdit(): void;
}

/** Every way in which this node and the other one reach each other. */
export function LinkPanel({ node, isSimulated, onEdit }: LinkPanelProps) {
  const topic = useStoreState('settings', (state) => state.settings?.config.peers[node.name]?.topic);
  return (
    <Panel title="Links">
      <Facts>
        {node.isSelf ? (
          <OwnServer />
        ) : (
          <>
            <Fact name="WebSocket">
              {node.websocket === null ? (
                <StateLabel tone="idle">No endpoint</StateLabel>
              ) : (
                <LinkLabel link={node.websocket} />
              )}
            </Fact>
            {node.websocket !== null && <LinkFacts node={node} link={node.websocket} />}
            <Fact name="To our server">
              {node.inboundConnections === 0
                ? 'no connection'
                : node.inboundConnections === 1
                  ? '1 connection'
                  : `${formatCount(node.inboundConnections)} connections`}
            </Fact>
          </>
        )}
        <Fact name="Kafka">
          <KafkaHeard node={node} />
        </Fact>
        {topic !== undefined && (
          <Fact name="Topic">
            <Copyable what="topic" text={topic} />
          </Fact>
        )}
      </Facts>
      {node.websocket !== null && (
        <LinkTrouble name={node.name} link={node.websocket} isSimulated={isSimulated} onEdit={onEdit} />
      )}
      {!node.isSelf && !node.isConfigured && (
        <p className={styles.note}>
          This node is not in the settings. Add it as a peer to give this node a way to it.
        </p>
      )}
    </Panel>
  );
}

function OwnServer() {
  const websocket = useStoreState('status', (state) => state.status?.websocket ?? null);
  if (websocket === null) return null;
  const { url, connections } = websocket;
  return (
    <>
      <Fact name="WebSocket">
        <StateLabel tone={url === null ? 'bad' : 'good'}>
          {url === null ? 'Not listening' : 'Serving'}
        </StateLabel>
      </Fact>
      {url !== null && (
        <Fact name="Address">
          <Copyable what="address" text={url} />
        </Fact>
      )}
      <Fact name="Connected">{connections === 1 ? '1 client' : `${formatCount(connections)} clients`}</Fact>
    </>
  );
}

function LinkFacts({ node, link }: { readonly node: NodeView; readonly link: LinkState }) {
  const configured = useStoreState('settings', (state) => state.settings?.config.peers[node.name]?.websocket);
  return (
    <>
      <Fact name="Endpoint">
        <Copyable what="endpoint" text={link.endpoint} />
        {configured !== undefined && configured !== link.endpoint && (
          <p className={styles.note}>
            The demo node’s. The settings say <code>{configured}</code>.
          </p>
        )}
      </Fact>
      <Fact name="In this state">
        <Age atMs={link.sinceMs} />
      </Fact>
      {link.phase === 'open' ? (
        <Fact name="Round trip">{formatMilliseconds(node.roundTripMs)}</Fact>
      ) : (
        <Fact name="Failed attempts">{formatCount(link.attempt)}</Fact>
      )}
    </>
  );
}

interface LinkTroubleProps {
  readonly name: string;
  readonly link: LinkState;
  readonly isSimulated: boolean;
  onEdit(): void;
}

/** Why the link does not stand, and the ways out. */
function LinkTrouble({ name, link, isSimulated, onEdit }: LinkTroubleProps) {
  const { commands } = useStores();
  if (link.lastError === null || link.phase === 'open') return null;
  return (
    <div className={styles.trouble}>
      <ErrorNotice error={link.lastError} />
      <div className={styles.actions}>
        <Button icon="edit" onClick={onEdit}>
          Edit endpoint
        </Button>
        {!isSimulated && (
          <MeshButton icon="flask" onClick={() => void commands.startSimulation([name])}>
            Put a demo node there
          </MeshButton>
        )}
      </div>
    </div>
  );
}
