import type { FormEvent, ReactNode } from 'react';
import type { ConfigProblem } from '../../../shared/config.js';
import type { ErrorReport } from '../../../shared/errors.js';
import { Button } from './Button.js';
import styles from './DialogForm.module.css';
import { ErrorNotice } from './ErrorNotice.js';

export interface DialogFormProps {
  /** Where the dialog has several parts: which this is. */
  readonly label?: string;
  /** On the button that submits it. */
  readonly submitLabel: string;
  /** What else submitting does, or what is left for later. */
  readonly note?: string;
  readonly isBusy?: boolean;
  /** Values that were refused and have no field that says so. */
  readonly refusals?: readonly ConfigProblem[];
  readonly error: ErrorReport | null;
  /** What the error means, for example `It was not saved`. */
  readonly failure: string;
  onSubmit(): void;
  onCancel(): void;
  /** The fields. */
  readonly children: ReactNode;
}

/** The form of a dialog: its fields, what came of the last try, and its buttons. */
export function DialogForm({
  label,
  submitLabel,
  note,
  isBusy = false,
  refusals = [],
  error,
  failure,
  onSubmit,
  onCancel,
  children,
}: DialogFormProps) {
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form className={styles.form} aria-label={label} onSubmit={submit} noValidate>
      {children}
      {refusals.map((problem) => (
        <p key={problem.path} className={styles.refusal} role="alert">
          {problem.path}: expected {problem.allowed}
        </p>
      ))}
      {error !== null && <ErrorNotice error={error} what={failure} />}
      <div className={styles.actions}>
        {note !== undefined && <p className={styles.note}>{note}</p>}
        <Button onClick={onCancel}>Cancel</Button>
        <Button tone="primary" type="submit" disabled={isBusy}>
          {submitLabel}
        </Button>
      </div>
    </form>
  );
}
