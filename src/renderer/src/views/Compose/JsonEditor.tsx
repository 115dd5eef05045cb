import { useId, useRef } from 'react';
import { Button } from '../../components/Button.js';
import { StateLabel } from '../../components/StateMark.js';
import { formatJson } from '../../stores/compose-draft.js';
import { useStoreState } from '../../stores/stores-context.js';
import type { DraftReading } from './draft-reading.js';
import styles from './JsonEditor.module.css';

/** The draft as it is: JSON text, valid or not. */
export function JsonEditor({ reading }: { readonly reading: DraftReading }) {
  const text = useStoreState('compose', (state) => state.draft.text);
  const edit = useStoreState('compose', (state) => state.edit);
  const area = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const { syntax, problem, value } = reading;

  const goToProblem = (): void => {
    const element = area.current;
    if (element === null || syntax === null) return;
    const lines = text.split('\n');
    const start = lines.slice(0, syntax.line - 1).reduce((sum, line) => sum + line.length + 1, 0);
    element.focus();
    element.setSelectionRange(start + syntax.column - 1, start + syntax.column);
  };

  return (
    <div className={styles.editor}>
      <div className={styles.head}>
        <label htmlFor={id}>JSON</label>
        <Button tone="quiet" disabled={value === null} onClick={() => edit({ text: formatJson(value) })}>
          Tidy up
        </Button>
      </div>
      <textarea
        ref={area}
        id={id}
        className={styles.text}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={problem !== null}
        aria-describedby={`${id}-problem`}
        value={text}
        onChange={(event) => edit({ text: event.target.value })}
      />
      <div id={`${id}-problem`} className={styles.problem} role="status">
        {problem === null ? (
          <StateLabel tone="good">Valid</StateLabel>
        ) : (
          <span className={styles.wrong}>
            <StateLabel tone="bad">Not yet:</StateLabel> {problem}
          </span>
        )}
        {syntax !== null && (
          <Button tone="quiet" onClick={goToProblem}>
            Show where
          </Button>
        )}
      </div>
    </div>
  );
}
