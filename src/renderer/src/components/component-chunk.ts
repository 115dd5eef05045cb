import type { ComponentType } from 'react';

/** A component in a chunk of its own; `Chunk` renders it. */
export interface ComponentChunk<Props extends object> {
  /** Null until it is loaded. */
  readonly loaded: ComponentType<Props> | null;
  /** Loads it, once. A failure is the next caller's to try again. */
  load(): Promise<unknown>;
}

export function createChunk<Props extends object>(
  importComponent: () => Promise<ComponentType<Props>>,
): ComponentChunk<Props> {
  let loaded: ComponentType<Props> | null = null;
  let loading: Promise<unknown> | null = null;
  return {
    get loaded() {
      return loaded;
    },
    load() {
      loading ??= importComponent().then(
        (component) => {
          loaded = component;
        },
        (error: unknown) => {
          loading = null;
          throw error;
        },
      );
      return loading;
    },
  };
}
