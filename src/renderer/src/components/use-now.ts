import { useSyncExternalStore } from 'react';
import { useStores } from '../stores/stores-context.js';

/** Wall time in milliseconds, renewed once a second. */
export function useNow(): number {
  const { ticker } = useStores();
  return useSyncExternalStore(ticker.subscribe, ticker.nowMs);
}
