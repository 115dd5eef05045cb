import { useState } from 'react';
import { CopyButton } from './CopyButton.js';
import { Icon } from './Icon.js';
import styles from './JsonTree.module.css';

/** Entries of one object or array that are shown before asking for more. */
const entriesShown = 100;

export interface JsonTreeProps {
  readonly value: unknown;
  /** Levels that start unfolded. Default 2. */
  readonly openLevels?: number;
}

/** Parsed JSON as a foldable tree; each object and array can be copied. */
export function JsonTree({ value, openLevels = 2 }: JsonTreeProps) {
  return (
    <ul className={styles.tree}>
      <Entry name={null} value={value} openLevels={openLevels} />
    </ul>
  );
}

interface EntryProps {
  readonly name: string | null;
  readonly value: unknown;
  readonly openLevels: number;
}

function Entry({ name, value, openLevels }: EntryProps) {
  if (typeof value === 'object' && value !== null) {
    return <Branch name={name} value={value} openLevels={openLevels} />;
  }
  return (
    <li className={styles.leaf}>
      {name !== null && <span className={styles.key}>{name}: </span>}
      <Scalar value={value} />
    </li>
  );
}

function Branch({ name, value, openLevels }: EntryProps & { readonly value: object }) {
  const [open, setOpen] = useState(openLevels > 0);
  const [limit, setLimit] = useState(entriesShown);
  const isArray = Array.isArray(value);
  const entries = Object.entries(value);
  const size = entries.length === 1 ? '1 entry' : `${entries.length} entries`;
  return (
    <li>
      <div className={styles.branch}>
        <button type="button" className={styles.toggle} aria-expanded={open} onClick={() => setOpen(!open)}>
          <span className={open ? styles.open : styles.closed}>
            <Icon name="right" />
          </span>
          {name !== null && <span className={styles.key}>{name}: </span>}
          <span className={styles.bracket}>
            {isArray ? '[' : '{'}
            {!open && (isArray ? ' … ]' : ' … }')}
          </span>
          {!open && <span className={styles.size}>{size}</span>}
        </button>
        <span className={styles.copy}>
          <CopyButton what={name ?? 'JSON'} text={() => JSON.stringify(value, null, 2)} />
        </span>
      </div>
      {open && (
        <>
          <ul className={styles.children}>
            {entries.slice(0, limit).map(([key, entry]) => (
              <Entry key={key} name={key} value={entry} openLevels={openLevels - 1} />
            ))}
            {entries.length > limit && (
              <li>
                <button type="button" className={styles.more} onClick={() => setLimit(limit * 2)}>
                  {entries.length - limit} more …
                </button>
              </li>
            )}
          </ul>
          <span className={styles.bracket}>{isArray ? ']' : '}'}</span>
        </>
      )}
    </li>
  );
}

function Scalar({ value }: { readonly value: unknown }) {
  if (typeof value === 'string') return <span className={styles.string}>{JSON.stringify(value)}</span>;
  if (typeof value === 'number') return <span className={styles.number}>{String(value)}</span>;
  return <span className={styles.word}>{String(value)}</span>;
}
