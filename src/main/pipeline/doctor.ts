import type { Clock } from '../../shared/clock.js';
import { describeError } from '../../shared/errors.js';
import type { DoctorReport, DoctorStep } from '../../shared/feed.js';

/** A walk through one side of the node's connections; each step comes when it begins and again when it has ended. */
export type DoctorWalk = (signal: AbortSignal) => AsyncIterable<DoctorStep>;

export interface DoctorOptions {
  readonly clock: Clock;
  readonly onChange: () => void;
}

/** Runs the connectivity walks, one run at a time, and keeps the last report. */
export class Doctor {
  readonly #options: DoctorOptions;
  #report: DoctorReport | null = null;
  #abort: AbortController | null = null;
  #running: Promise<DoctorReport> | null = null;

  constructor(options: DoctorOptions) {
    this.#options = options;
  }

  get report(): DoctorReport | null {
    return this.#report;
  }

  /** Walks one after the other; a run that is under way is joined. Never rejects. */
  run(walks: readonly DoctorWalk[]): Promise<DoctorReport> {
    this.#running ??= this.#run(walks).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** Ends a run that is under way. */
  stop(): void {
    this.#abort?.abort();
  }

  async #run(walks: readonly DoctorWalk[]): Promise<DoctorReport> {
    const abort = new AbortController();
    this.#abort = abort;
    const { clock } = this.#options;
    const steps = new Map<string, DoctorStep>();
    const startedAtMs = clock.wallMs();
    const tell = (running: boolean): DoctorReport => {
      const finishedAtMs = running ? null : clock.wallMs();
      this.#report = { running, startedAtMs, finishedAtMs, steps: [...steps.values()] };
      this.#options.onChange();
      return this.#report;
    };
    tell(true);
    for (const walk of walks) {
      try {
        for await (const step of walk(abort.signal)) {
          steps.set(step.id, step);
          tell(true);
        }
      } catch (error) {
        const id = `doctor.${steps.size}`;
        const detail = describeError(error);
        steps.set(id, {
          id,
          title: 'Doctor',
          state: 'failed',
          durationMs: null,
          detail,
          hint: 'See the log.',
        });
      }
    }
    return tell(false);
  }
}
