import { useEffect, useRef } from 'react';
import { isTypingInto } from '../../components/is-typing-into.js';
import { useNow } from '../../components/use-now.js';
import { useStores } from '../../stores/stores-context.js';

const refreshIntervalMs = 3_000;

/** Keeps the topics current while the view shows, by the window's ticker, which rests while it is hidden; `R` asks at once. */
export function useTopicRefresh(): void {
  const { topics } = useStores();
  const nowMs = useNow();
  const askedAtMs = useRef(0);

  useEffect(() => {
    if (nowMs - askedAtMs.current < refreshIntervalMs) return;
    askedAtMs.current = nowMs;
    void topics.getState().refresh();
  }, [nowMs, topics]);

  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'r' || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTypingInto(event.target) || document.querySelector('dialog[open]') !== null) return;
      event.preventDefault();
      void topics.getState().refresh();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [topics]);
}
