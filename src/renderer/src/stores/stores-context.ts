import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { StoreApi } from 'zustand/vanilla';
import type { Stores } from './create-stores.js';

export const StoresContext = createContext<Stores | null>(null);

/** For commands and `getState()` in event handlers; to render from a store use {@link useStoreState}. */
export function useStores(): Stores {
  const stores = useContext(StoresContext);
  if (stores === null) throw new Error('useStores needs a StoresContext around it');
  return stores;
}

type StoreName = {
  [Name in keyof Stores]: Stores[Name] extends StoreApi<unknown> ? Name : never;
}[keyof Stores];

type StateOf<Name extends StoreName> = ReturnType<Stores[Name]['getState']>;

/**
 * Renders again when the selected part changes, compared with `Object.is`: select one field, or something that keeps
 * its identity.
 *
 * @example const nodes = useStoreState('nodes', (state) => state.nodes);
 */
export function useStoreState<Name extends StoreName, Selected>(
  name: Name,
  select: (state: StateOf<Name>) => Selected,
): Selected {
  const store = useStores()[name] as unknown as StoreApi<StateOf<Name>>;
  return useStore(store, select);
}
