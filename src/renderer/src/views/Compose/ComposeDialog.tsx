import { type KeyboardEvent, useMemo } from 'react';
import { Button } from '../../components/Button.js';
import { Dialog } from '../../components/Dialog.js';
import { ErrorNotice } from '../../components/ErrorNotice.js';
import { JsonEditor } from '../../components/JsonEditor.js';
import { Kbd } from '../../components/Kbd.js';
import { MeshButton } from '../../components/MeshButton.js';
import { ReadOnlyNotice } from '../../components/ReadOnlyNotice.js';
import { useReadOnlyReason } from '../../components/use-read-only.js';
import { useStoreState } from '../../stores/stores-context.js';
import styles from './ComposeDialog.module.css';
import { DraftForm, TypeChoice } from './DraftForm.js';
import { readDraft } from './draft-reading.js';
import { ReceiptCard } from './ReceiptCard.js';
import { SentList } from './SentList.js';

/** Writes and sends one message by hand. Closing keeps the draft; so does sending. */
export function ComposeDialog({ onClose }: { readonly onClose: () => void }) {
  const draft = useStoreState('compose', (state) => state.draft);
  const sending = useStoreState('compose', (state) => state.sending);
  const error = useStoreState('compose', (state) => state.error);
  const lastReceiptId = useStoreState('compose', (state) => state.lastReceiptId);
  const edit = useStoreState('compose', (state) => state.edit);
  const send = useStoreState('compose', (state) => state.send);
  const receipt = useStoreState(
    'receipts',
    (state) => state.sent.find((entry) => entry.receipt.id === lastReceiptId)?.receipt ?? null,
  );
  const reading = useMemo(() => readDraft(draft), [draft]);
  const { request } = reading;
  const isLocked = useReadOnlyReason() !== null;

  const trySend = (): void => {
    if (request !== null && !sending && !isLocked) void send(request);
  };
  const sendOnEnter = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    trySend();
  };

  return (
    <Dialog title="Compose a message" placement="drawer" onClose={onClose} onKeyDown={sendOnEnter}>
      <div className={styles.content}>
        <TypeChoice reading={reading} />
        <div className={styles.draft}>
          <DraftForm reading={reading} />
          <JsonEditor text={draft.text} {...reading} onChange={(text) => edit({ text })} />
        </div>
        <ReadOnlyNotice />
        <div className={styles.send}>
          <MeshButton tone="primary" icon="compose" disabled={request === null || sending} onClick={trySend}>
            {sending ? 'Sending …' : 'Send'}
            <Kbd keys="Mod+Enter" />
          </MeshButton>
        </div>
        {error !== null && (
          <ErrorNotice error={error} what="Not sent" actions={<Button onClick={trySend}>Try again</Button>} />
        )}
        {receipt !== null && <ReceiptCard receipt={receipt} />}
        <SentList except={lastReceiptId} />
      </div>
    </Dialog>
  );
}
