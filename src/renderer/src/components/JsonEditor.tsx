import { useId, useRef } from 'react';
import { formatJson, type JsonObject, type JsonProblem } from '../stores/compose-draft.js';
import { Button } from './Button.js';
import styles from './JsonEditor.module.css';
import { StateLabel } from './StateMark.js';

export interface JsonEditorProps {
  readonly text: string;
  /** What the text says; null while it is no JSON object. */
  readonly value: JsonObject | null;
  /** Where the text stops being JSON. */
  readonly syntax: JsonProblem | null;
  /** What keeps it from being used; null when nothing does. */
  readonly problem: string | null;
  onChange(text: string): void;
}

/** A message as it is: JSON text, valid or not. */
export function JsonEditor({ text, value, syntax, problem, onChange }: JsonEditorProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const id = useId();

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
        <Button tone="quiet" disabled={value === null} onClick={() => onChange(formatJson(value))}>
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
        onChange={(event) => onChange(event.target.value)}
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
