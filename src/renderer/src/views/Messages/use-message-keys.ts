import { type RefObject, useEffect } from 'react';
import { isTypingInto } from '../../components/is-typing-into.js';
import { useStores } from '../../stores/stores-context.js';

/** Rows of a Page Up or Page Down. */
const pageRows = 20;

const moves: Readonly<Record<string, number>> = {
  ArrowUp: -1,
  ArrowDown: 1,
  PageUp: -pageRows,
  PageDown: pageRows,
};

/**
 * The keys of the view: arrows and page keys move the selection, Home and End go to its ends, Escape closes the detail,
 * Space or P pauses.
 */
export function useMessageKeys(table: RefObject<HTMLDivElement | null>): void {
  const { messages } = useStores();

  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || document.querySelector('dialog[open]') !== null) return;
      if (event.ctrlKey || event.metaKey || event.altKey || isTypingInto(event.target)) return;
      if (perform(event.key, event.target)) event.preventDefault();
    };

    const perform = (key: string, target: EventTarget | null): boolean => {
      const onTable = target === document.body || target === table.current;
      const { rows, select, moveSelection, togglePause, follow } = messages.getState();
      const move = moves[key];
      if (key === 'p' || key === 'P' || (key === ' ' && onTable)) void togglePause();
      else if (key === 'Escape') void select(null);
      else if (hasOwnKeys(target)) return false;
      else if (move !== undefined) void moveSelection(move);
      else if (key === 'Enter' && onTable) void moveSelection(0);
      else if (key === 'Home') void select(rows[0]?.sequence ?? null);
      else if (key === 'End') void follow();
      else return false;
      return true;
    };

    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [messages, table]);
}

/** Whether arrow keys mean something else there: groups of choices, and the scrolling detail. */
function hasOwnKeys(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('fieldset, aside') !== null;
}
