import { useEffect, useRef } from 'react';
import { isTypingInto } from '../../components/is-typing-into.js';
import { useNow } from '../../components/use-now.js';

const refreshIntervalMs = 3_000;

/**
 * Keeps what shows current, by the window's ticker, which rests while it is hidden; `R` asks at once.
 *
 * @param refresh the same function as long as it refreshes the same; another one is called at once
 */
export function useRegularRefresh(refresh: () => void): void {
  const nowMs = useNow();
  const asked = useRef<{ readonly atMs: number; readonly refresh: () => void } | null>(null);

  useEffect(() => {
    const last = asked.current;
    if (last?.refresh === refresh && nowMs - last.atMs < refreshIntervalMs) return;
    asked.current = { atMs: nowMs, refresh };
    refresh();
  }, [nowMs, refresh]);

  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'r' || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTypingInto(event.target) || document.querySelector('dialog[open]') !== null) return;
      event.preventDefault();
      refresh();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [refresh]);
}
