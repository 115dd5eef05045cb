import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react';

/** How near to the end counts as being there, pixels. */
const tolerance = 24;

export interface FollowTail {
  readonly following: boolean;
  /** For the scrolling element. */
  onScroll(): void;
  /** Jumps to the end and follows. */
  follow(): void;
}

/**
 * Keeps a growing list at its end until somebody scrolls up, and again once somebody scrolls back down.
 *
 * @param last identity of the last entry; a change of it means that the list has grown
 */
export function useFollowTail(element: RefObject<HTMLElement | null>, last: unknown): FollowTail {
  const [following, setFollowing] = useState(true);
  // Growth makes the list scroll too; only a position above the one it was put at is the operator's doing.
  const ownScrollTop = useRef(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new last entry is what moves the end.
  useLayoutEffect(() => {
    const list = element.current;
    if (!following || list === null) return;
    list.scrollTop = list.scrollHeight;
    ownScrollTop.current = list.scrollTop;
  }, [following, last, element]);

  const onScroll = useCallback(() => {
    const list = element.current;
    if (list === null) return;
    const distance = list.scrollHeight - list.scrollTop - list.clientHeight;
    if (distance <= tolerance) setFollowing(true);
    else if (list.scrollTop < ownScrollTop.current - tolerance) setFollowing(false);
    if (distance <= tolerance) ownScrollTop.current = list.scrollTop;
  }, [element]);

  return { following, onScroll, follow: () => setFollowing(true) };
}
