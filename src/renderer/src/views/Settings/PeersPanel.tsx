import type { ConfigProblem } from '../../../../shared/config.js';
import type { SettingsView } from '../../../../shared/ipc.js';
import { Badge } from '../../components/Badge.js';
import { Button, IconButton } from '../../components/Button.js';
import { ColumnHead } from '../../components/ColumnHead.js';
import { Copyable } from '../../components/Copyable.js';
import { EmptyState } from '../../components/EmptyState.js';
import { NodeName } from '../../components/NodeName.js';
import table from '../../components/table.module.css';
import { sourceWords } from '../../format/setting-words.js';
import { useStores } from '../../stores/stores-context.js';
import styles from './PeersPanel.module.css';
import { ProblemList } from './ProblemList.js';
import { SettingsPanel } from './SettingsPanel.js';

export interface PeersPanelProps {
  readonly settings: SettingsView;
  readonly problems: readonly ConfigProblem[];
  onAdd(): void;
  onEdit(name: string): void;
}

/** The peers of the settings. Each change is saved at once and can be taken back. */
export function PeersPanel({ settings, problems, onAdd, onEdit }: PeersPanelProps) {
  const { peers } = useStores();
  const entries = Object.entries(settings.config.peers);
  return (
    <SettingsPanel
      groupId="peers"
      title="Peers"
      aside="Saved at once. Only the links that changed are made anew."
      actions={
        <Button icon="plus" onClick={onAdd}>
          Add a peer
        </Button>
      }
    >
      {problems.length > 0 && (
        <div className={styles.problems}>
          <ProblemList problems={problems} settings={settings} />
        </div>
      )}
      {entries.length === 0 ? (
        <EmptyState title="No peers">
          <p>This node waits for others to connect, and reads what the topics bring.</p>
        </EmptyState>
      ) : (
        <table className={table.table} aria-label="Peers">
          <thead>
            <tr>
              <ColumnHead>Name</ColumnHead>
              <ColumnHead>WebSocket endpoint</ColumnHead>
              <ColumnHead>Topic</ColumnHead>
              <ColumnHead>From</ColumnHead>
              <ColumnHead isHidden>Actions</ColumnHead>
            </tr>
          </thead>
          <tbody>
            {entries.map(([name, peer]) => (
              <tr key={name}>
                <th scope="row">
                  <NodeName name={name} />
                </th>
                <td>
                  <Copyable what="endpoint" text={peer.websocket} />
                </td>
                <td>
                  <Copyable what="topic" text={peer.topic} />
                </td>
                <td>
                  <Badge tone={settings.sources[`peers.${name}.websocket`] === 'default' ? 'quiet' : 'plain'}>
                    {sourceWords[settings.sources[`peers.${name}.websocket`] ?? 'default'].badge}
                  </Badge>
                </td>
                <td className={table.actions}>
                  <IconButton icon="edit" label={`Edit ${name}`} onClick={() => onEdit(name)} />
                  <IconButton icon="trash" label={`Remove ${name}`} onClick={() => void peers.remove(name)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </SettingsPanel>
  );
}
