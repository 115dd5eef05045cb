import type { Delivery, Receipt } from '../../../../shared/feed.js';
import { Age } from '../../components/Age.js';
import { Button } from '../../components/Button.js';
import { StateLabel, type Tone } from '../../components/StateMark.js';
import { formatCount } from '../../format/numbers.js';
import { messageTypeWords } from '../../format/words.js';
import type { Sent } from '../../stores/receipts-store.js';
import { useStoreState, useStores } from '../../stores/stores-context.js';
import { ReceiptCard } from './ReceiptCard.js';
import styles from './SentList.module.css';

/** Earlier messages, to look at their receipts and to use them again. */
export function SentList({ except }: { readonly except: string | null }) {
  const sent = useStoreState('receipts', (state) => state.sent);
  const earlier = sent.filter((entry) => entry.receipt.id !== except);
  if (earlier.length === 0) return null;
  return (
    <section>
      <h3 className={styles.title}>Sent before</h3>
      <ul>
        {earlier.map((entry) => (
          <SentEntry key={entry.receipt.id} sent={entry} />
        ))}
      </ul>
    </section>
  );
}

function SentEntry({ sent }: { readonly sent: Sent }) {
  const { compose } = useStores();
  const { receipt, request } = sent;
  const { tone, text } = outcome(receipt);
  return (
    <li className={styles.entry}>
      <details className={styles.details}>
        <summary>
          <span className={styles.type}>{messageTypeWords[receipt.type]}</span>
          <span className={styles.soft}>to {receipt.target ?? 'all'}</span>
          <StateLabel tone={tone}>{text}</StateLabel>
          <span className={styles.age}>
            <Age atMs={receipt.atMs} suffix="ago" />
          </span>
        </summary>
        <ReceiptCard receipt={receipt} />
      </details>
      {request !== null && (
        <Button tone="quiet" icon="edit" onClick={() => compose.getState().reuse(request)}>
          Use again
        </Button>
      )}
    </li>
  );
}

function outcome(receipt: Receipt): { readonly tone: Tone; readonly text: string } {
  const count = (phase: Delivery['phase']): number =>
    receipt.deliveries.filter((delivery) => delivery.phase === phase).length;
  const all = receipt.deliveries.length;
  if (count('failed') > 0) return { tone: 'bad', text: `${formatCount(count('failed'))} of ${all} failed` };
  if (count('delivered') === all) return { tone: 'good', text: 'Delivered' };
  return { tone: 'warning', text: `${count('delivered')} of ${all} delivered` };
}
