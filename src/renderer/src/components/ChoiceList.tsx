import { type KeyboardEvent, type ReactNode, useRef } from 'react';
import styles from './ChoiceList.module.css';

export interface Choice {
  readonly key: string;
  /** The name and what marks it. */
  readonly head: ReactNode;
  readonly facts: ReactNode;
}

export interface ChoiceListProps {
  readonly label: string;
  readonly choices: readonly Choice[];
  readonly selected: string | undefined;
  onSelect(key: string): void;
}

/** What the rest of a view is about, to choose from beside it; arrow keys move through it. */
export function ChoiceList({ label, choices, selected, onSelect }: ChoiceListProps) {
  const list = useRef<HTMLUListElement>(null);

  const move = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const index = choices.findIndex(({ key }) => key === selected) + by;
    const target = choices[index];
    if (target === undefined) return;
    onSelect(target.key);
    list.current?.querySelectorAll('button')[index]?.focus();
  };

  return (
    <nav className={styles.list} aria-label={label}>
      <ul ref={list} onKeyDown={move}>
        {choices.map(({ key, head, facts }) => (
          <li key={key}>
            <button
              type="button"
              className={styles.entry}
              aria-current={key === selected ? 'true' : undefined}
              onClick={() => onSelect(key)}
            >
              <span className={styles.head}>{head}</span>
              <span className={styles.facts}>{facts}</span>
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}
