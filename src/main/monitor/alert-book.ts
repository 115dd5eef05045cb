import type { Clock } from '../../shared/clock.js';
import type { Alert } from '../../shared/feed.js';

/** Alerts shown at once. */
export const maxAlerts = 100;

export interface AlertBookOptions {
  readonly clock: Pick<Clock, 'wallMs'>;
  /** Called after every change. */
  readonly onChange?: () => void;
}

const severities: readonly Alert['severity'][] = ['error', 'warning', 'info'];

/** What the operator should know about now: raised and cleared by key, so that nothing is told twice. */
export class AlertBook {
  readonly #options: AlertBookOptions;
  readonly #alerts = new Map<string, Alert>();
  #omitted = 0;

  constructor(options: AlertBookOptions) {
    this.#options = options;
  }

  /** Alerts that found no room. */
  get omitted(): number {
    return this.#omitted;
  }

  /** Adds the alert, or replaces the one with its key; the time stays that of the first raising. */
  raise(alert: { key: string; severity: Alert['severity']; message: string; hint?: string | null }): void {
    const { key, severity, message } = alert;
    const hint = alert.hint ?? null;
    const present = this.#alerts.get(key);
    if (present?.severity === severity && present.message === message && present.hint === hint) return;
    if (present === undefined && this.#alerts.size >= maxAlerts) {
      this.#omitted += 1;
      return;
    }
    this.#alerts.set(key, {
      key,
      severity,
      atMs: present?.atMs ?? this.#options.clock.wallMs(),
      message,
      hint,
    });
    this.#options.onChange?.();
  }

  clear(key: string): void {
    if (this.#alerts.delete(key)) this.#options.onChange?.();
  }

  /** Clears every alert whose key begins so, for example all of one peer. */
  clearAll(prefix: string): void {
    const keys = [...this.#alerts.keys()].filter((key) => key.startsWith(prefix));
    for (const key of keys) this.#alerts.delete(key);
    if (keys.length > 0) this.#options.onChange?.();
  }

  /** Most severe first, then oldest first. */
  list(): readonly Alert[] {
    return [...this.#alerts.values()].sort(
      (left, right) =>
        severities.indexOf(left.severity) - severities.indexOf(right.severity) || left.atMs - right.atMs,
    );
  }
}
