import type { ReactNode } from 'react';
import { Button } from './Button.js';
import styles from './CheckMenu.module.css';
import { Icon } from './Icon.js';
import { Popover } from './Popover.js';

export interface CheckMenuProps<Value extends string> {
  readonly label: string;
  readonly options: readonly { readonly value: Value; readonly label: ReactNode }[];
  /** None: everything matches. */
  readonly selected: readonly Value[];
  onChange(selected: readonly Value[]): void;
}

/** A filter: any number of a list; none means all. */
export function CheckMenu<Value extends string>({
  label,
  options,
  selected,
  onChange,
}: CheckMenuProps<Value>) {
  const toggle = (value: Value): void =>
    onChange(selected.includes(value) ? selected.filter((other) => other !== value) : [...selected, value]);
  return (
    <Popover
      label={`Filter by ${label.toLowerCase()}`}
      active={selected.length > 0}
      trigger={
        <>
          {label}
          {selected.length > 0 && <span className={styles.count}>{selected.length}</span>}
          <Icon name="down" />
        </>
      }
    >
      <fieldset className={styles.list} aria-label={label}>
        {options.length === 0 && <p className={styles.none}>Nothing seen yet</p>}
        {options.map((option) => (
          <label key={option.value} className={styles.option}>
            <input
              type="checkbox"
              checked={selected.includes(option.value)}
              onChange={() => toggle(option.value)}
            />
            <span className={styles.text}>{option.label}</span>
          </label>
        ))}
      </fieldset>
      {selected.length > 0 && (
        <Button tone="quiet" onClick={() => onChange([])}>
          Show all
        </Button>
      )}
    </Popover>
  );
}
