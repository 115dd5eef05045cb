import { type ReactNode, useEffect, useReducer, useState } from 'react';
import type { ComponentChunk } from './component-chunk.js';

export interface ChunkProps<Props extends object> {
  readonly of: ComponentChunk<Props>;
  readonly props: Props;
  /** Until it is loaded. */
  readonly fallback?: ReactNode;
}

/**
 * Renders a component as soon as its chunk is loaded, at once when it is already. Not with `lazy` and `Suspense`: these
 * suspend even for what was loaded long before, and keep what has suspended empty for 300 ms
 * (https://github.com/facebook/react/issues/36569, 31819).
 *
 * Throws, for the nearest boundary, when the chunk can't be loaded.
 */
export function Chunk<Props extends object>({ of, props, fallback = null }: ChunkProps<Props>) {
  const [failure, setFailure] = useState<{ readonly error: unknown } | null>(null);
  const [, renderAgain] = useReducer((renders: number) => renders + 1, 0);
  useEffect(() => {
    if (of.loaded !== null) return;
    let isShown = true;
    of.load().then(
      () => {
        if (isShown) renderAgain();
      },
      (error: unknown) => {
        if (isShown) setFailure({ error });
      },
    );
    return () => {
      isShown = false;
    };
  }, [of]);
  if (failure !== null) throw failure.error;
  const Loaded = of.loaded;
  return Loaded === null ? fallback : <Loaded {...props} />;
}
