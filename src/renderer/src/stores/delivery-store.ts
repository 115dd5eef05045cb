import { createStore, type StoreApi } from 'zustand/vanilla';

export const deliverySections = ['outbox', 'dead-letters'] as const;
export type DeliverySection = (typeof deliverySections)[number];

/** How the operator has set up the Delivery view; kept while other views show. */
export interface DeliveryState {
  /** Null until the operator has chosen. */
  readonly section: DeliverySection | null;
  showSection(section: DeliverySection): void;
}

export type DeliveryStore = StoreApi<DeliveryState>;

export function createDeliveryStore(): DeliveryStore {
  return createStore<DeliveryState>()((set) => ({
    section: null,
    showSection: (section) => set({ section }),
  }));
}
