import { useState } from 'react';
import { SectionedView } from '../../components/SectionedView.js';
import { type DeliverySection, deliverySections } from '../../stores/delivery-store.js';
import { useStoreState } from '../../stores/stores-context.js';
import { DeadLetterSection } from './DeadLetterSection.js';
import { OutboxSection } from './OutboxSection.js';

const sectionWords: Readonly<Record<DeliverySection, string>> = {
  outbox: 'Outbox',
  'dead-letters': 'Dead letters',
};

/** What became of the messages: on their way, delivered, and what could not be delivered or handled. */
export function DeliveryView() {
  const chosen = useStoreState('delivery', (state) => state.section);
  const showSection = useStoreState('delivery', (state) => state.showSection);
  const outbox = useStoreState('status', (state) => state.status?.outbox ?? null);
  const letters = useStoreState('deadLetters', (state) => state.list?.letters.length ?? 0);
  // What needs attention shows first; settling the last letter must not turn the page.
  const [first] = useState<DeliverySection>(letters > 0 ? 'dead-letters' : 'outbox');
  const section = chosen ?? first;
  const counts: Readonly<Record<DeliverySection, number>> = {
    outbox: outbox === null ? 0 : outbox.queued + outbox.inFlight + outbox.failed,
    'dead-letters': letters,
  };
  return (
    <SectionedView
      label="Part of the delivery"
      section={section}
      sections={deliverySections.map((value) => ({
        value,
        words: sectionWords[value],
        count: counts[value],
      }))}
      onChange={showSection}
    >
      {section === 'outbox' ? <OutboxSection /> : <DeadLetterSection />}
    </SectionedView>
  );
}
