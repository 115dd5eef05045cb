import { Button } from '../components/Button.js';
import { classNames } from '../components/class-names.js';
import { shortcutText } from '../components/Kbd.js';
import { useStoreState, useStores } from '../stores/stores-context.js';
import { AlertsMenu } from './AlertsMenu.js';
import { ProfileMenu } from './ProfileMenu.js';
import { KafkaStatus, OutboxStatus, SimulationStatus, SyncStatus, WebSocketStatus } from './StatusMenus.js';
import styles from './TopBar.module.css';

/** Which node this is, how it stands, and the way to Compose. */
export function TopBar() {
  const { ui } = useStores();
  const status = useStoreState('status', (state) => state.status);
  const name = useStoreState('settings', (state) => state.settings?.config.node.name);
  const color = status?.profile.color ?? 'grey';
  const hasProfile = status !== null && status.profile.name !== '';
  return (
    <header className={classNames(styles.bar, hasProfile && styles[color])}>
      <h1 className={styles.name}>{status?.nodeName ?? name ?? 'Starting …'}</h1>
      {status !== null && <ProfileMenu profile={status.profile} />}
      <div className={styles.states}>
        {status !== null && (
          <>
            <KafkaStatus status={status} />
            <WebSocketStatus websocket={status.websocket} />
            <SyncStatus
              phase={status.phase}
              startedAtMs={status.startedAtMs}
              isReadOnly={status.profile.readOnly}
            />
            <OutboxStatus outbox={status.outbox} />
            <SimulationStatus simulation={status.simulation} />
          </>
        )}
      </div>
      <div className={styles.actions}>
        <AlertsMenu />
        <Button
          tone="primary"
          icon="compose"
          title={`Compose a message (${shortcutText('Mod+K')})`}
          onClick={() => ui.getState().openCompose()}
        >
          Compose
        </Button>
      </div>
    </header>
  );
}
