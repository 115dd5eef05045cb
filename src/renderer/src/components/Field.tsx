import {
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from 'react';
import { classNames } from './class-names.js';
import styles from './Field.module.css';
import { Icon } from './Icon.js';

export interface FieldProps {
  readonly label: string;
  /** Shown behind the control, for example `Hz`. */
  readonly unit?: string;
  /** One quiet line below. */
  readonly hint?: ReactNode;
  /** What is wrong; takes the hint's place. */
  readonly problem?: string | null;
  /** Gets the attributes that tie the control to its label and description. */
  readonly children: (control: FieldControl) => ReactNode;
}

export interface FieldControl {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
}

/** A labelled control with its unit, hint and problem. */
export function Field({ label, unit, hint, problem = null, children }: FieldProps) {
  const id = useId();
  const noteId = `${id}-note`;
  const hasNote = problem !== null || hint !== undefined;
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      <div className={styles.control}>
        {children({
          id,
          'aria-describedby': hasNote ? noteId : undefined,
          'aria-invalid': problem === null ? undefined : true,
        })}
        {unit !== undefined && <span className={styles.unit}>{unit}</span>}
      </div>
      {hasNote && (
        <p id={noteId} className={problem === null ? styles.hint : styles.problem}>
          {problem !== null && <Icon name="alert" />}
          {problem ?? hint}
        </p>
      )}
    </div>
  );
}

export interface TextInputProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'className'> {
  readonly ref?: Ref<HTMLInputElement>;
}

export function TextInput(props: TextInputProps) {
  return <input type="text" className={styles.input} autoComplete="off" spellCheck={false} {...props} />;
}

export function Select(props: Omit<SelectHTMLAttributes<HTMLSelectElement>, 'className'>) {
  return <select className={styles.input} {...props} />;
}

export function TextArea(props: Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, 'className'>) {
  return <textarea className={classNames(styles.input, styles.area)} spellCheck={false} {...props} />;
}

export interface CheckboxProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'className' | 'type'> {
  readonly label: ReactNode;
}

export function Checkbox({ label, ...rest }: CheckboxProps) {
  return (
    <label className={styles.checkbox}>
      <input type="checkbox" {...rest} />
      <span>{label}</span>
    </label>
  );
}
