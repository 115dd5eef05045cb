import type { ReactNode } from 'react';
import type { NodeStatus } from '../../../shared/feed.js';
import { Age } from '../components/Age.js';
import { Button } from '../components/Button.js';
import { CopyButton } from '../components/CopyButton.js';
import { classNames } from '../components/class-names.js';
import { clusterLink, linkStanding, linkTrouble } from '../components/cluster-link.js';
import { ErrorNotice } from '../components/ErrorNotice.js';
import { LinkLabel } from '../components/LinkLabel.js';
import { Popover } from '../components/Popover.js';
import { StateMark, type Tone } from '../components/StateMark.js';
import { formatCount } from '../format/numbers.js';
import { formatDuration } from '../format/time.js';
import { useStoreState, useStores } from '../stores/stores-context.js';
import styles from './StatusMenus.module.css';

interface StatusMenuProps {
  readonly name: string;
  readonly tone: Tone;
  /** The state in words, for the tooltip and the screen reader. */
  readonly state: string;
  /** What stands beside the name where there is room. */
  readonly value: string;
  /** Whether the value is the first to give way where room is short. */
  readonly yields?: boolean;
  readonly children: ReactNode;
}

function StatusMenu({ name, tone, state, value, yields = false, children }: StatusMenuProps) {
  return (
    <div className={classNames(styles.menu, yields && styles.yielding)}>
      <Popover
        label={state === value ? `${name}: ${state}` : `${name}: ${state}, ${value}`}
        trigger={
          <>
            <StateMark tone={tone} />
            <span className={styles.name}>{name}</span>
            <span className={styles.value}>{value}</span>
          </>
        }
      >
        <div className={styles.panel}>{children}</div>
      </Popover>
    </div>
  );
}

function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className={styles.facts}>{children}</dl>;
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const modeWords = { external: 'external', embedded: 'embedded', undecided: 'deciding' } as const;
const modeExplanations = {
  external: 'The configured brokers are used.',
  embedded: 'This app runs a broker itself, for this workstation.',
  undecided: 'Looking for the configured brokers.',
} as const;
const notSetUp = {
  word: 'not set up',
  explanation: 'No broker is asked before what is missing or wrong in the settings is put right.',
} as const;

export function KafkaStatus({ status }: { readonly status: NodeStatus }) {
  const { kafka } = status;
  const isReadOnly = status.profile.readOnly;
  const worst = clusterLink(status);
  const standing = linkStanding(worst);
  const trouble = linkTrouble(worst);
  const isNotSetUp = kafka.mode === 'undecided' && worst.phase === 'failed';
  return (
    <StatusMenu
      name="Kafka"
      tone={standing.tone}
      state={standing.words}
      value={isNotSetUp ? notSetUp.word : modeWords[kafka.mode]}
    >
      <p>{isNotSetUp ? notSetUp.explanation : modeExplanations[kafka.mode]}</p>
      <Facts>
        <Fact name="Brokers">
          <code>{kafka.brokers.join(', ') || 'none yet'}</code>
        </Fact>
        <Fact name="Sending">
          {isReadOnly ? 'not under a read-only profile' : <LinkLabel link={kafka.producer} />}
        </Fact>
        <Fact name="Reading">
          <LinkLabel link={kafka.consumer.link} />
        </Fact>
        <Fact name="Group">
          <code>{kafka.consumer.groupId}</code>
        </Fact>
        <Fact name="Partitions">
          {kafka.consumer.assignment.length === 0
            ? 'none assigned'
            : kafka.consumer.assignment.map(({ topic, partitions }) => (
                <div key={topic}>
                  <code>{topic}</code> {partitions.join(', ')}
                </div>
              ))}
        </Fact>
      </Facts>
      {trouble !== null && <ErrorNotice error={trouble} />}
    </StatusMenu>
  );
}

export function WebSocketStatus({ websocket }: { readonly websocket: NodeStatus['websocket'] }) {
  const { url, connections } = websocket;
  const clients = connections === 1 ? '1 client' : `${formatCount(connections)} clients`;
  return (
    <StatusMenu
      name="WebSocket"
      tone={url === null ? (websocket.lastError === null ? 'idle' : 'bad') : 'good'}
      state={url === null ? 'not listening' : 'listening'}
      value={url === null ? 'not listening' : shortAddress(url)}
      yields
    >
      <Facts>
        <Fact name="Address">
          {url === null ? (
            'not listening'
          ) : (
            <>
              <code>{url}</code> <CopyButton what="address" text={() => url} />
            </>
          )}
        </Fact>
        <Fact name="Connected">{clients}</Fact>
        <Fact name="Slow readers closed">{formatCount(websocket.slowReadersClosed)}</Fact>
        <Fact name="Refused">{formatCount(websocket.connectionsRefused)}</Fact>
      </Facts>
      {websocket.lastError !== null && <ErrorNotice error={websocket.lastError} />}
    </StatusMenu>
  );
}

/** The port alone while only this machine can connect. */
function shortAddress(url: string): string {
  const { hostname, port, host } = new URL(url);
  return hostname === '127.0.0.1' || hostname === 'localhost' || hostname === '[::1]' ? `:${port}` : host;
}

const phaseTones: Readonly<Record<NodeStatus['phase'], Tone>> = {
  running: 'good',
  starting: 'warning',
  stopping: 'warning',
  stopped: 'idle',
  failed: 'bad',
};

export function SyncStatus({
  phase,
  startedAtMs,
  isReadOnly,
}: {
  readonly phase: NodeStatus['phase'];
  readonly startedAtMs: number | null;
  readonly isReadOnly: boolean;
}) {
  const intervalMs = useStoreState('settings', (state) => state.settings?.config.sync.intervalMs);
  const interval = intervalMs === undefined ? '' : `every ${formatDuration(intervalMs)}`;
  const every = isReadOnly ? 'nothing sent' : interval;
  return (
    <StatusMenu
      name="Sync"
      tone={isReadOnly && phase === 'running' ? 'idle' : phaseTones[phase]}
      state={phase}
      value={phase === 'running' ? every : phase}
      yields
    >
      <p>
        {isReadOnly
          ? 'The profile is read-only: this node listens, and broadcasts neither state nor heartbeats. Others see it as silent.'
          : 'State, frequency and heartbeat go to every node over Kafka and every open WebSocket.'}
      </p>
      <Facts>
        <Fact name="Node">{phase}</Fact>
        <Fact name="Broadcast">{every}</Fact>
        <Fact name="Running for">
          <Age atMs={startedAtMs} />
        </Fact>
      </Facts>
    </StatusMenu>
  );
}

/** Only there while something waits or failed. */
export function OutboxStatus({ outbox }: { readonly outbox: NodeStatus['outbox'] }) {
  const { ui } = useStores();
  const waiting = outbox.queued + outbox.inFlight;
  if (waiting + outbox.failed === 0) return null;
  const value =
    outbox.failed > 0 ? `${formatCount(outbox.failed)} failed` : `${formatCount(waiting)} waiting`;
  return (
    <StatusMenu name="Outbox" tone={outbox.failed > 0 ? 'bad' : 'warning'} state={value} value={value}>
      <Facts>
        <Fact name="Queued">{formatCount(outbox.queued)}</Fact>
        <Fact name="In flight">{formatCount(outbox.inFlight)}</Fact>
        <Fact name="Failed">{formatCount(outbox.failed)}</Fact>
      </Facts>
      <Button onClick={() => ui.getState().show('delivery')}>Show them</Button>
    </StatusMenu>
  );
}

/** Only there while demo nodes run: nobody should take them for the mesh. */
export function SimulationStatus({ simulation }: { readonly simulation: NodeStatus['simulation'] }) {
  const { commands } = useStores();
  if (!simulation.running) return null;
  const names = simulation.nodes.map((node) => node.name).join(', ');
  return (
    <StatusMenu
      name="Demo mesh"
      tone="idle"
      state="running"
      value={`${simulation.nodes.length} nodes`}
      yields
    >
      <p>{names} are simulated on this machine, on real sockets.</p>
      <Button onClick={() => void commands.stopSimulation()}>Stop the demo mesh</Button>
    </StatusMenu>
  );
}
