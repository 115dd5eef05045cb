import type { Delivery, DeliveryPhase, Receipt } from '../../../../shared/feed.js';
import { Button } from '../../components/Button.js';
import { MeshButton } from '../../components/MeshButton.js';
import { StateLabel, type Tone } from '../../components/StateMark.js';
import { formatClock, formatMilliseconds } from '../../format/time.js';
import { messageTypeWords } from '../../format/words.js';
import { useStores } from '../../stores/stores-context.js';
import styles from './ReceiptCard.module.css';

const phaseWords: Readonly<Record<DeliveryPhase, string>> = {
  queued: 'Queued',
  sending: 'Sending',
  delivered: 'Delivered',
  failed: 'Failed',
};
const phaseTones: Readonly<Record<DeliveryPhase, Tone>> = {
  queued: 'idle',
  sending: 'warning',
  delivered: 'good',
  failed: 'bad',
};

/** What became of one message, way by way. */
export function ReceiptCard({ receipt }: { readonly receipt: Receipt }) {
  const { receipts, deadLetters, toasts } = useStores();
  const failed = receipt.deliveries.some((delivery) => delivery.phase === 'failed');
  const attempt = (action: Promise<void>, what: string): void => {
    action.catch((error: unknown) => toasts.getState().showError(error, what));
  };
  const discard = async (): Promise<void> => {
    await receipts.getState().discard(receipt.id);
    toasts.getState().show('info', 'The message is discarded', undefined, {
      label: 'Undo',
      run: () => attempt(restore(), 'The discard was not taken back'),
    });
  };
  const restore = async (): Promise<void> => {
    await receipts.getState().restore(receipt.id);
    await deadLetters.getState().refresh();
    toasts.getState().show('info', 'It waits among the dead letters, under Delivery');
  };
  return (
    <section className={styles.card} aria-label="Receipt" aria-live="polite">
      <header className={styles.head}>
        <h3>{messageTypeWords[receipt.type]}</h3>
        <span className={styles.soft}>
          to {receipt.target ?? 'all nodes'} at {formatClock(receipt.atMs)}
        </span>
      </header>
      <ul className={styles.deliveries}>
        {receipt.deliveries.map((delivery) => (
          <DeliveryLine key={`${delivery.via} ${delivery.destination}`} delivery={delivery} />
        ))}
      </ul>
      {receipt.deliveries.length === 0 && <p className={styles.soft}>Nobody was there to send it to.</p>}
      {failed && (
        <div className={styles.actions}>
          <MeshButton
            icon="retry"
            onClick={() => attempt(receipts.getState().retry(receipt.id), 'It could not be sent again')}
          >
            Try again
          </MeshButton>
          <Button icon="trash" onClick={() => attempt(discard(), 'It could not be discarded')}>
            Discard
          </Button>
        </div>
      )}
    </section>
  );
}

function DeliveryLine({ delivery }: { readonly delivery: Delivery }) {
  const { via, destination, phase, attempts, error } = delivery;
  return (
    <li className={styles.delivery}>
      <div className={styles.line}>
        <StateLabel tone={phaseTones[phase]}>{phaseWords[phase]}</StateLabel>
        <span>
          {via === 'kafka' ? 'Kafka' : 'WebSocket'} <code>{delivery.topic ?? destination}</code>
        </span>
        <span className={styles.proof}>{proof(delivery)}</span>
      </div>
      {error !== undefined && (
        <div className={styles.error}>
          <p>
            {error.message}
            {attempts > 1 && ` (${attempts} attempts)`}
          </p>
          {error.hint !== undefined && <p className={styles.soft}>{error.hint}</p>}
        </div>
      )}
    </li>
  );
}

/** What shows that it arrived: the record's place, or the peer's ack. */
function proof({ partition, offset, ackMs }: Delivery): string {
  if (partition !== undefined && offset !== undefined) return `partition ${partition}, offset ${offset}`;
  return ackMs === undefined ? '' : `acknowledged in ${formatMilliseconds(ackMs)}`;
}
