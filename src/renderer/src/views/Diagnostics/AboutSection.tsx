import { Button, IconButton } from '../../components/Button.js';
import { Copyable } from '../../components/Copyable.js';
import { CopyTextButton } from '../../components/CopyButton.js';
import { Fact, Facts } from '../../components/Facts.js';
import { Panel } from '../../components/Panel.js';
import frame from '../../components/view.module.css';
import { formatBytes, formatCount } from '../../format/numbers.js';
import { formatDateTime } from '../../format/time.js';
import { useStoreState, useStores } from '../../stores/stores-context.js';
import styles from './AboutSection.module.css';

/** Versions, places on disk, and the counters of this run. */
export function AboutSection() {
  const { commands } = useStores();
  const app = useStoreState('status', (state) => state.app);
  const status = useStoreState('status', (state) => state.status);
  return (
    <div className={frame.scroll}>
      <div className={styles.panels}>
        {app !== null && (
          <Panel
            title="Versions"
            actions={
              <CopyTextButton
                label="Copy"
                text={() =>
                  `Resonance ${app.version}\nElectron ${app.electron}\nChromium ${app.chrome}\nNode.js ${app.node}\n${app.platform}\n`
                }
              />
            }
          >
            <Facts>
              <Fact name="Resonance">{app.version}</Fact>
              <Fact name="Electron">{app.electron}</Fact>
              <Fact name="Chromium">{app.chrome}</Fact>
              <Fact name="Node.js">{app.node}</Fact>
              <Fact name="Platform">{app.platform}</Fact>
            </Facts>
          </Panel>
        )}
        {app !== null && (
          <Panel title="On disk">
            <Facts>
              <Place name="Data folder" path={app.dataDirectory} reveal={() => commands.reveal('data')} />
              <Place
                name="Settings file"
                path={app.settingsFile}
                reveal={() => commands.reveal('settings')}
              />
              <Fact name="Log files">
                <Button icon="folder" onClick={() => void commands.reveal('logs')}>
                  Show
                </Button>
              </Fact>
            </Facts>
          </Panel>
        )}
        {status !== null && (
          <Panel title="This run">
            <Facts>
              <Fact name="Started">
                {status.startedAtMs === null ? 'not yet' : formatDateTime(status.startedAtMs)}
              </Fact>
              <Fact name="Message history">
                {formatCount(status.history.messages)} messages, {formatBytes(status.history.bytes)}
              </Fact>
              <Fact name="Left the history">{formatCount(status.history.dropped)}</Fact>
              <Fact name="Rejected">{formatCount(status.rejections.total)}</Fact>
              <Fact name="Repeats">{formatCount(status.repeats.dropped)} had no effect again</Fact>
              <Fact name="Without an id">
                {formatCount(status.repeats.withoutId)}: a repeat among them is not recognised
              </Fact>
              <Fact name="Ids remembered">{formatCount(status.repeats.known)}</Fact>
              <Fact name="Dead letters">{formatCount(status.deadLetters.total)}</Fact>
              <Fact name="Slow readers">{formatCount(status.websocket.slowReadersClosed)} closed</Fact>
              <Fact name="Connections">{formatCount(status.websocket.connectionsRefused)} refused</Fact>
              <Fact name="Handlers">{formatCount(status.kafka.consumer.handlerFailures)} failures</Fact>
            </Facts>
          </Panel>
        )}
      </div>
    </div>
  );
}

interface PlaceProps {
  readonly name: string;
  readonly path: string;
  reveal(): Promise<void>;
}

function Place({ name, path, reveal }: PlaceProps) {
  return (
    <Fact name={name}>
      <span className={styles.place}>
        <Copyable what="path" text={path} />
        <span className={styles.reveal}>
          <IconButton
            icon="folder"
            label={`Show the ${name.toLowerCase()} in the file manager`}
            onClick={() => void reveal()}
          />
        </span>
      </span>
    </Fact>
  );
}
