import type { DoctorReport, DoctorStep, DoctorStepState } from '../../../../shared/feed.js';
import type { AppInfo } from '../../../../shared/ipc.js';
import { formatDateTime, formatDuration } from '../../format/time.js';

/** The steps towards one destination, in their order. */
export interface DoctorWalkView {
  readonly key: string;
  readonly title: string;
  readonly steps: readonly DoctorStep[];
}

export const doctorStateWords: Readonly<Record<DoctorStepState, string>> = {
  running: 'Running',
  passed: 'Passed',
  failed: 'Failed',
  skipped: 'Skipped',
};

/** Steps by destination: Kafka, and each WebSocket server. Ids begin with `kafka.` or `websocket.NAME.`. */
export function groupSteps(steps: readonly DoctorStep[]): readonly DoctorWalkView[] {
  const walks = new Map<string, { key: string; title: string; steps: DoctorStep[] }>();
  for (const step of steps) {
    const [kind = '', name = ''] = step.id.split('.');
    const key = kind === 'websocket' ? `${kind}.${name}` : kind;
    const title = kind === 'websocket' ? `WebSocket of ${name}` : kind === 'kafka' ? 'Kafka' : 'Doctor';
    const walk = walks.get(key) ?? { key, title, steps: [] };
    walk.steps.push(step);
    walks.set(key, walk);
  }
  return [...walks.values()];
}

/** One sentence for the whole run. */
export function summariseReport({ running, steps, startedAtMs, finishedAtMs }: DoctorReport): string {
  const count = (state: DoctorStepState): number => steps.filter((step) => step.state === state).length;
  if (running) return `Looking … ${count('passed')} passed, ${count('failed')} failed so far`;
  const span = finishedAtMs === null ? '' : ` in ${formatDuration(finishedAtMs - startedAtMs)}`;
  const failed = count('failed');
  if (failed === 0) return `All is well: ${count('passed')} steps passed${span}`;
  return `${failed} of ${steps.length} steps failed${span}`;
}

/** The run as text, for a mail or an issue. */
export function formatReport(report: DoctorReport, app: AppInfo | null): string {
  const lines = [`Resonance doctor, ${formatDateTime(report.startedAtMs)}`, summariseReport(report)];
  if (app !== null) {
    lines.push(`Resonance ${app.version}, Electron ${app.electron}, Node ${app.node}, ${app.platform}`);
  }
  for (const walk of groupSteps(report.steps)) {
    lines.push('', walk.title);
    for (const step of walk.steps) {
      const took = step.durationMs === null ? '' : ` (${formatDuration(step.durationMs)})`;
      lines.push(`  ${doctorStateWords[step.state].toUpperCase()} ${step.title}${took}: ${step.detail}`);
      if (step.hint !== null) lines.push(`    What to do: ${step.hint}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
