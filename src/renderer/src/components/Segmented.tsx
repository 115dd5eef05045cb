import { useId } from 'react';
import styles from './Segmented.module.css';

export interface SegmentedProps<Value extends string | number> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  /** Whether a dialog starts here. */
  readonly startsFocused?: boolean;
  onChange(value: Value): void;
}

/** One of a few, all in sight; arrow keys move as in any group of radio buttons. */
export function Segmented<Value extends string | number>({
  label,
  value,
  options,
  startsFocused = false,
  onChange,
}: SegmentedProps<Value>) {
  const name = useId();
  return (
    <fieldset className={styles.group} aria-label={label}>
      {options.map((option) => (
        <label key={option.value} className={styles.option}>
          <input
            type="radio"
            name={name}
            className="visually-hidden"
            checked={option.value === value}
            data-autofocus={startsFocused && option.value === value ? '' : undefined}
            onChange={() => onChange(option.value)}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
