import { type RefObject, useEffect, useState } from 'react';
import type { SeriesWindow } from '../../../../shared/feed.js';
import { useStores } from '../../stores/stores-context.js';

/** At most four drawings a second. */
const paceMs = 250;

/**
 * The series, at a pace a chart can be drawn at, and only while `element` is on the screen. A change after a pause is
 * given at once, so that charts and the rest of the view are drawn in one frame.
 */
export function usePacedSeries(element: RefObject<Element | null>): SeriesWindow {
  const { series: store } = useStores();
  const [series, setSeries] = useState(() => store.getState().series);

  useEffect(() => {
    let visible = true;
    let drawnAtMs = Number.NEGATIVE_INFINITY;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const draw = (): void => {
      timer = null;
      drawnAtMs = performance.now();
      setSeries(store.getState().series);
    };
    const schedule = (): void => {
      if (!visible || timer !== null) return;
      const waitMs = drawnAtMs + paceMs - performance.now();
      if (waitMs <= 0) draw();
      else timer = setTimeout(draw, waitMs);
    };
    const unsubscribe = store.subscribe((state, before) => {
      if (state.series === before.series) return;
      // Another window was asked for: that is an answer to the operator and waits for nothing.
      if (state.series.windowMs !== before.series.windowMs) setSeries(state.series);
      else schedule();
    });
    const observer = new IntersectionObserver(([entry]) => {
      visible = entry?.isIntersecting ?? true;
      schedule();
    });
    if (element.current !== null) observer.observe(element.current);
    return () => {
      unsubscribe();
      observer.disconnect();
      if (timer !== null) clearTimeout(timer);
    };
  }, [store, element]);

  return series;
}
