import type { DoctorStep, DoctorStepState } from '../../../../shared/feed.js';
import { Age } from '../../components/Age.js';
import { Button } from '../../components/Button.js';
import { CopyTextButton } from '../../components/CopyButton.js';
import { EmptyState } from '../../components/EmptyState.js';
import { Panel } from '../../components/Panel.js';
import { StateLabel, type Tone } from '../../components/StateMark.js';
import frame from '../../components/view.module.css';
import { formatDuration } from '../../format/time.js';
import { useStoreState, useStores } from '../../stores/stores-context.js';
import styles from './DoctorSection.module.css';
import {
  type DoctorWalkView,
  doctorStateWords,
  formatReport,
  groupSteps,
  summariseReport,
} from './doctor-report.js';

const tones: Readonly<Record<DoctorStepState, Tone>> = {
  running: 'warning',
  passed: 'good',
  failed: 'bad',
  skipped: 'idle',
};

/** Walks every connection step by step and says what to do where it fails. */
export function DoctorSection() {
  const { status } = useStores();
  const report = useStoreState('doctor', (state) => state.report);
  if (report === null) {
    return (
      <EmptyState title="Is everything reachable?" actions={<RunButton label="Run the doctor" />}>
        <p>
          The doctor walks every connection step by step: names, ports, handshakes, Kafka’s metadata and
          topics, each peer’s WebSocket. Where a step fails it says what to do.
        </p>
      </EmptyState>
    );
  }
  const failed = report.steps.some((step) => step.state === 'failed');
  return (
    <div className={frame.scroll}>
      <div className={styles.head}>
        <RunButton label="Run again" />
        <div role="status">
          <StateLabel tone={report.running ? 'warning' : failed ? 'bad' : 'good'}>
            {summariseReport(report)}
          </StateLabel>
        </div>
        {report.finishedAtMs !== null && (
          <span className={styles.soft}>
            <Age atMs={report.finishedAtMs} suffix="ago" />
          </span>
        )}
        <div className={frame.end}>
          <CopyTextButton
            label="Copy report"
            text={() => formatReport(report, status.getState().app)}
            disabled={report.running}
          />
        </div>
      </div>
      {groupSteps(report.steps).map((walk) => (
        <Walk key={walk.key} walk={walk} />
      ))}
    </div>
  );
}

function RunButton({ label }: { readonly label: string }) {
  const { doctor, toasts } = useStores();
  const running = useStoreState('doctor', (state) => state.report?.running ?? false);
  const run = (): void => {
    doctor
      .getState()
      .run()
      .catch((error: unknown) => toasts.getState().showError(error, 'The doctor did not start'));
  };
  return (
    <Button tone="primary" icon="diagnostics" disabled={running} onClick={run}>
      {running ? 'Running …' : label}
    </Button>
  );
}

function Walk({ walk }: { readonly walk: DoctorWalkView }) {
  return (
    <Panel title={walk.title} flush>
      <ol className={styles.steps} aria-label={walk.title}>
        {walk.steps.map((step) => (
          <Step key={step.id} step={step} />
        ))}
      </ol>
    </Panel>
  );
}

function Step({ step }: { readonly step: DoctorStep }) {
  return (
    <li className={styles.step}>
      <StateLabel tone={tones[step.state]}>{doctorStateWords[step.state]}</StateLabel>
      <span className={styles.title}>{step.title}</span>
      <div className={styles.words}>
        <p>{step.detail}</p>
        {step.hint !== null && <p className={styles.hint}>{step.hint}</p>}
      </div>
      <span className={styles.took}>{step.durationMs === null ? '' : formatDuration(step.durationMs)}</span>
    </li>
  );
}
