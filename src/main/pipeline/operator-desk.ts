import { activeProfile } from '../../shared/active-profile.js';
import type { ComposeRequest } from '../../shared/compose.js';
import { ResonanceError } from '../../shared/errors.js';
import type { Receipt } from '../../shared/feed.js';
import { createUuidV7 } from '../../shared/uuid.js';
import { readOnlyProfile } from '../kafka/read-only-profile.js';
import type { Outbox } from '../outbox/outbox.js';
import type { StateSynchronizer } from '../sync/state-synchronizer.js';
import { createOperatorMessage } from './operator-message.js';
import type { PipelineContext } from './pipeline-context.js';

export interface OperatorDeskOptions {
  readonly context: Pick<PipelineContext, 'config' | 'clock'>;
  readonly outbox: Outbox;
  readonly synchronizer: StateSynchronizer;
  readonly connectedPeers: () => readonly string[];
}

/** Takes an operator's messages: makes them, puts them into the outbox, hands out receipts. */
export class OperatorDesk {
  readonly #options: OperatorDeskOptions;

  constructor(options: OperatorDeskOptions) {
    this.#options = options;
  }

  /**
   * On disk first, then to the destinations.
   *
   * @returns the receipt as it stands after at most `waitMs`: later changes come through the observer
   * @throws ResonanceError `PROFILE_READ_ONLY`, `TARGET_UNKNOWN`, `MESSAGE_INVALID`, `WEBSOCKET_NOT_CONNECTED`, `QUEUE_FULL`, `STORAGE_FULL`, `STORAGE_FAILED`
   */
  async send(request: ComposeRequest, waitMs: number): Promise<Receipt> {
    const { context, outbox, synchronizer, connectedPeers } = this.#options;
    if (activeProfile(context.config).readOnly) throw readOnlyProfile('The message was not sent');
    const atMs = context.clock.wallMs();
    const id = createUuidV7(atMs);
    const { message, destinations } = createOperatorMessage(request, {
      config: context.config,
      nowMs: atMs,
      id,
      connectedPeers: connectedPeers(),
      updateState: (patch, options) => synchronizer.updateState(patch, options),
    });
    const submitted = await outbox.submit({ id, atMs, target: request.target, message, destinations });
    return this.#settledWithin(submitted, waitMs);
  }

  async #settledWithin(submitted: Receipt, waitMs: number): Promise<Receipt> {
    const { context, outbox } = this.#options;
    let expire = (): void => undefined;
    const expired = new Promise<Receipt>((resolve) => {
      expire = () => resolve(outbox.receipt(submitted.id) ?? submitted);
    });
    const timer = context.clock.after(waitMs, expire);
    try {
      return await Promise.race([outbox.settled(submitted.id), expired]);
    } finally {
      timer.cancel();
    }
  }
}

/** What an operator hears before the node runs, and after it stopped. */
export function notRunning(): ResonanceError {
  return new ResonanceError('SHUTTING_DOWN', 'The node is not running', {
    retriable: true,
    hint: 'Try again once it has started.',
  });
}
