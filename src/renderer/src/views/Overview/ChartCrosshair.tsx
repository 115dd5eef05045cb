import type { KeyboardEvent, PointerEvent } from 'react';
import { formatAge } from '../../format/time.js';
import styles from './ChartCrosshair.module.css';
import type { ChartData } from './chart-data.js';
import type { ChartKind } from './NodeChart.js';

export interface ChartCrosshairProps {
  readonly kind: ChartKind;
  readonly data: ChartData;
  /** Where the plot lies within the chart, pixels. */
  readonly inset: {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  };
  readonly width: number;
  /** Step under the crosshair; null for now. */
  readonly position: number | null;
  onMove(position: number | null): void;
}

/** Picks a moment of the chart with the pointer or the arrow keys; the readout beside the chart tells its values. */
export function ChartCrosshair({ kind, data, inset, width, position, onMove }: ChartCrosshairProps) {
  const last = data.length - 1;
  const plotWidth = Math.max(1, width - inset.left - inset.right);

  const follow = (event: PointerEvent<HTMLDivElement>): void => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    onMove(Math.min(last, Math.max(0, Math.round((x / plotWidth) * last))));
  };

  const step = (event: KeyboardEvent): void => {
    const at = position ?? last;
    const jump = Math.max(1, Math.round(last / 10));
    const moves: Readonly<Record<string, number | null>> = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      PageDown: at - jump,
      PageUp: at + jump,
      Home: 0,
      End: null,
      Escape: null,
    };
    const next = moves[event.key];
    if (next === undefined || (event.key === 'Escape' && position === null)) return;
    event.preventDefault();
    onMove(next === null || next >= last ? null : Math.max(0, next));
  };

  return (
    <div
      className={styles.area}
      style={{ left: inset.left, right: inset.right, top: inset.top, bottom: inset.bottom }}
      role="slider"
      tabIndex={0}
      aria-label={`${kind.title} chart, moment`}
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={position ?? last}
      aria-valuetext={spoken(kind, data, position)}
      onPointerMove={follow}
      onPointerLeave={() => onMove(null)}
      onKeyDown={step}
      onBlur={() => onMove(null)}
    >
      {position !== null && <div className={styles.line} style={{ left: (position / last) * plotWidth }} />}
    </div>
  );
}

/** How long before the newest step a step is; null for the newest. */
export function ageOf(data: ChartData, position: number | null): string | null {
  const last = data.length - 1;
  if (position === null || position >= last) return null;
  return formatAge((last - position) * data.stepMs);
}

function spoken(kind: ChartKind, data: ChartData, position: number | null): string {
  const at = position ?? data.length - 1;
  const age = ageOf(data, position);
  const values = data.lines.map(({ node, values: line }) => {
    const value = line[at] ?? null;
    if (value === null) return `${node} silent`;
    return `${node} ${kind.value(value)}, ${kind.distance(value, kind.reference)}`;
  });
  return `${age === null ? 'now' : `${age} ago`}: ${values.join('; ') || 'no values'}`;
}
