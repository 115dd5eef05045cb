import { useEffect } from 'react';
import type { ComponentChunk } from '../components/component-chunk.js';

/** Loads these one after the other while the window has nothing else to do: the first look at each is as fast as the second. */
export function useChunksAhead(chunks: readonly Pick<ComponentChunk<object>, 'load'>[]): void {
  useEffect(() => {
    const waiting = [...chunks];
    let handle = 0;
    const loadNext = (): void => {
      const chunk = waiting.shift();
      if (chunk === undefined) return;
      handle = requestIdleCallback(() => {
        // Whoever opens it tries again, and shows why it fails.
        chunk.load().then(loadNext, loadNext);
      });
    };
    loadNext();
    return () => {
      waiting.length = 0;
      cancelIdleCallback(handle);
    };
  }, [chunks]);
}
