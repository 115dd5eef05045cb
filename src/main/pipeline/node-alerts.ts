import type { ConfigProblem } from '../../shared/config.js';
import type { ErrorReport } from '../../shared/errors.js';
import type { Logger } from '../../shared/logger.js';
import { formatConfigProblem } from '../../shared/resolve-config.js';
import type { AlertBook } from '../monitor/alert-book.js';
import type { HealthChange } from '../monitor/node-tracker.js';

const startKey = 'node.start';
const settingsPrefix = 'settings.';

/** What a node as a whole rings the bell for, and writes to its log; its connections and folders do so themselves. */
export class NodeAlerts {
  readonly #book: AlertBook;
  readonly #logger: Logger;

  constructor(book: AlertBook, logger: Logger) {
    this.#book = book;
    this.#logger = logger;
  }

  /** @param what for the log: `the node could not be started` */
  notStarted(what: string, error: ErrorReport): void {
    this.#logger.error(what, { error });
    const { message, hint = null } = error;
    this.#book.raise({ key: startKey, severity: 'error', message, hint });
  }

  started(): void {
    this.#book.clear(startKey);
  }

  /** All that there are now: those of before are over. */
  settingsProblems(problems: readonly ConfigProblem[]): void {
    this.#book.clearAll(settingsPrefix);
    for (const problem of problems) {
      const message = formatConfigProblem(problem);
      this.#logger.warn('a setting is wrong and not used', { problem: message });
      const hint = 'Mend it under Settings; until then the value shown there is used.';
      this.#book.raise({ key: `${settingsPrefix}${problem.path}`, severity: 'warning', message, hint });
    }
  }

  /** @param isPeer one of the settings: others may fall silent as they like */
  healthChanged({ node, health, previous }: HealthChange, isPeer: boolean): void {
    this.#logger.child('monitor').info(`${node} is ${health}`, { previous });
    if (health !== 'silent' || !isPeer) {
      this.peerLeft(node);
      return;
    }
    this.#book.raise({
      key: silenceKey(node),
      severity: 'warning',
      message: `${node} has fallen silent`,
      hint: 'See its links and last messages under Nodes; the doctor under Diagnostics tells where the way to it ends.',
    });
  }

  /** Nobody waits for it any more. */
  peerLeft(peer: string): void {
    this.#book.clear(silenceKey(peer));
  }
}

function silenceKey(peer: string): string {
  return `peer.${peer}`;
}
