import { useEffect, useRef } from 'react';
import { useStoreState, useStores } from '../stores/stores-context.js';
import { Icon } from './Icon.js';
import { isTypingInto } from './is-typing-into.js';
import { Kbd } from './Kbd.js';
import styles from './SearchBox.module.css';

export interface SearchBoxProps {
  /** What is searched, for the screen reader. */
  readonly label: string;
  readonly placeholder: string;
  readonly text: string;
  onChange(text: string): void;
}

/** The search field of a view: `/` and the Find command go to it, Escape empties it and then leaves it. */
export function SearchBox({ label, placeholder, text, onChange }: SearchBoxProps) {
  const { ui } = useStores();
  const input = useRef<HTMLInputElement>(null);
  const findRequested = useStoreState('ui', (state) => state.findRequested);

  useEffect(() => {
    if (!findRequested) return;
    input.current?.focus();
    ui.getState().takeFindRequest();
  }, [findRequested, ui]);

  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || document.querySelector('dialog[open]') !== null) return;
      const isFind = event.key.toLowerCase() === 'f' && (event.ctrlKey || event.metaKey);
      const isSlash =
        event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey && !isTypingInto(event.target);
      if (!isFind && !isSlash) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);

  return (
    <div className={styles.box}>
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        className={styles.input}
        placeholder={placeholder}
        aria-label={label}
        title="Search (/)"
        maxLength={1_000}
        spellCheck={false}
        value={text}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.preventDefault();
          if (text === '') event.currentTarget.blur();
          else onChange('');
        }}
      />
      {text === '' && <Kbd keys="/" />}
    </div>
  );
}
