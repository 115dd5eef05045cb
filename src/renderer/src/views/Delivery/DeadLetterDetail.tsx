import { useMemo } from 'react';
import type { DeadLetterView } from '../../../../shared/dead-letter.js';
import { Button } from '../../components/Button.js';
import { CopyButton } from '../../components/CopyButton.js';
import { Fact, Facts } from '../../components/Facts.js';
import { JsonEditor } from '../../components/JsonEditor.js';
import { MeshButton } from '../../components/MeshButton.js';
import { NodeName } from '../../components/NodeName.js';
import { SidePane } from '../../components/SidePane.js';
import { formatCount } from '../../format/numbers.js';
import { formatClock, formatDateTime } from '../../format/time.js';
import { messageTypeWords } from '../../format/words.js';
import { tidyJson } from '../../stores/compose-draft.js';
import { useStoreState, useStores } from '../../stores/stores-context.js';
import { readDraft } from '../Compose/draft-reading.js';
import styles from './DeadLetterDetail.module.css';
import { failureWords, placeWords, resendWords } from './letter-words.js';

/** One dead letter in full, its message as it can be changed. */
export function DeadLetterDetail({ letter }: { readonly letter: DeadLetterView }) {
  const { deadLetters } = useStores();
  const draft = useStoreState('deadLetters', (state) => state.drafts.get(letter.id));
  const isBusy = useStoreState('deadLetters', (state) => state.busy.has(letter.id));
  const { select, edit, resend, discard } = deadLetters.getState();
  const original = useMemo(() => tidyJson(letter.text), [letter.text]);
  const text = draft ?? original;
  const reading = useMemo(() => readDraft({ text, target: null, via: 'both' }), [text]);
  const isChanged = draft !== undefined;
  const { label, effect } = resendWords(letter);
  const { node, failedBy, cause, causeCode, tries, atMs, isWaiting } = letter;

  return (
    <SidePane label="Dead letter" title={messageTypeWords[letter.type]} onClose={() => select(null)}>
      <Facts>
        <Fact name={failureWords(letter)}>{placeWords(letter)}</Fact>
        <Fact name="Cause">
          {cause} <code className={styles.code}>{causeCode}</code>
        </Fact>
        <Fact name="Tries">{formatCount(tries)}</Fact>
        <Fact name="Given up">
          {formatDateTime(atMs).slice(0, 10)} {formatClock(atMs)} by {failedBy}
        </Fact>
        <Fact name="Sender">{node === null ? 'unknown' : <NodeName name={node} />}</Fact>
        <Fact name="Kept">
          {isWaiting
            ? 'on this node’s disk, until the broker takes it'
            : 'in the topic resonance.dead-letter'}
        </Fact>
      </Facts>
      <JsonEditor
        text={text}
        {...reading}
        onChange={(next) => edit(letter.id, next === original ? null : next)}
      />
      <p className={styles.soft}>{effect}</p>
      <div className={styles.actions}>
        <MeshButton
          tone="primary"
          icon="retry"
          disabled={isBusy || (isChanged && reading.problem !== null)}
          onClick={() => void resend(letter.id)}
        >
          {isChanged ? `${label}, as changed` : label}
        </MeshButton>
        {isChanged && (
          <Button disabled={isBusy} onClick={() => edit(letter.id, null)}>
            Drop the change
          </Button>
        )}
        <Button icon="trash" disabled={isBusy} onClick={() => void discard([letter.id])}>
          Discard
        </Button>
        <span className={styles.copy}>
          <CopyButton what="message" text={() => letter.text} />
        </span>
      </div>
    </SidePane>
  );
}
