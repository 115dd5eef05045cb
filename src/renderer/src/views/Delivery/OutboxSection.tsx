import { useMemo, useState } from 'react';
import type { Receipt } from '../../../../shared/feed.js';
import { Button } from '../../components/Button.js';
import { EmptyState } from '../../components/EmptyState.js';
import { RawText } from '../../components/RawText.js';
import frame from '../../components/view.module.css';
import { formatCount } from '../../format/numbers.js';
import { tidyJson } from '../../stores/compose-draft.js';
import { useStoreState, useStores } from '../../stores/stores-context.js';
import { ReceiptCard } from '../Compose/ReceiptCard.js';
import styles from './OutboxSection.module.css';
import { groupReceipts } from './outbox-groups.js';

/** The operator's messages on their way: what failed, what waits, what arrived lately. */
export function OutboxSection() {
  const { ui, delivery } = useStores();
  const outbox = useStoreState('status', (state) => state.status?.outbox ?? null);
  const sent = useStoreState('receipts', (state) => state.sent);
  const groups = useMemo(() => groupReceipts(sent.map((entry) => entry.receipt)), [sent]);
  const { failed, waiting, delivered } = groups;
  const isEmpty =
    sent.length === 0 && (outbox === null || outbox.queued + outbox.inFlight + outbox.failed === 0);
  if (isEmpty) {
    return (
      <EmptyState
        title="Nothing is waiting"
        actions={
          <Button tone="primary" icon="compose" onClick={() => ui.getState().openCompose()}>
            Compose a message
          </Button>
        }
      >
        <p>
          What you send is written to disk first and stays here until a broker, or the peer, has acknowledged
          it. What fails can be sent again or discarded.
        </p>
      </EmptyState>
    );
  }
  return (
    <div className={frame.scroll}>
      {outbox !== null && (
        <dl className={styles.counts}>
          <Count name="Queued" count={outbox.queued} />
          <Count name="In flight" count={outbox.inFlight} />
          <Count name="Failed" count={outbox.failed} />
        </dl>
      )}
      <Group title="Failed" receipts={failed} hasContent />
      {failed.length > 0 && (
        <p className={styles.soft}>
          To change one before it is sent again, open its dead letter.{' '}
          <Button tone="quiet" onClick={() => delivery.getState().showSection('dead-letters')}>
            Show the dead letters
          </Button>
        </p>
      )}
      <Group title="On their way" receipts={waiting} hasContent />
      <Group title="Delivered lately" receipts={delivered} />
    </div>
  );
}

function Count({ name, count }: { readonly name: string; readonly count: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{formatCount(count)}</dd>
    </div>
  );
}

interface GroupProps {
  readonly title: string;
  readonly receipts: readonly Receipt[];
  /** What waits is still in the outbox, and can be read. */
  readonly hasContent?: boolean;
}

function Group({ title, receipts, hasContent = false }: GroupProps) {
  if (receipts.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2 className={styles.title}>
        {title} <span className={styles.soft}>{formatCount(receipts.length)}</span>
      </h2>
      <ul className={styles.list}>
        {receipts.map((receipt) => (
          <li key={receipt.id}>
            <ReceiptCard receipt={receipt} />
            {hasContent && <Content id={receipt.id} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Content({ id }: { readonly id: string }) {
  const { receipts, toasts } = useStores();
  const [text, setText] = useState<string | null>(null);
  const show = async (): Promise<void> => {
    try {
      setText((await receipts.getState().textOf(id)) ?? 'It is on its way no more.');
    } catch (error) {
      toasts.getState().showError(error, 'The message could not be read');
    }
  };
  if (text === null) {
    return (
      <Button tone="quiet" icon="right" onClick={() => void show()}>
        Show the message
      </Button>
    );
  }
  return (
    <>
      <Button tone="quiet" icon="down" onClick={() => setText(null)}>
        Hide the message
      </Button>
      <RawText text={tidyJson(text)} />
    </>
  );
}
