import { memo } from 'react';
import { type Beat, type BeatState, beatsKept } from '../../../shared/feed.js';
import styles from './HeartbeatBar.module.css';

/*
 * One tick for each expected beat, newest at the right. Height and place say the state without colour: a seen beat
 * stands up in full, a late one is half, a missed one is a dot on the base line.
 */
const step = 4;
const height = 20;
const states = ['seen', 'late', 'missed'] as const;
const ticks: Readonly<Record<BeatState, { readonly y: number; readonly height: number }>> = {
  seen: { y: 2, height: 16 },
  late: { y: 9, height: 9 },
  missed: { y: 15, height: 3 },
};

export const HeartbeatBar = memo(function HeartbeatBar({ beats }: { readonly beats: readonly Beat[] }) {
  const shown = beats.slice(-beatsKept);
  return (
    <svg
      className={styles.bar}
      viewBox={`0 0 ${beatsKept * step} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={summarise(shown)}
    >
      <line className={styles.base} x1="0" x2={beatsKept * step} y1="18.500" y2="18.500" />
      {states.map((state) => (
        <path key={state} className={styles[state]} d={outline(shown, state)} />
      ))}
    </svg>
  );
});

/** All beats of one state as one path: a rectangle each would be sixty elements to move every second. */
function outline(beats: readonly Beat[], state: BeatState): string {
  const { y, height: tall } = ticks[state];
  const offset = beatsKept - beats.length;
  return beats
    .map((beat, index) =>
      beat.state === state ? `M${(offset + index) * step + 0.5} ${y}h${step - 1}v${tall}h${1 - step}z` : '',
    )
    .join('');
}

function summarise(beats: readonly Beat[]): string {
  if (beats.length === 0) return 'No heartbeats expected yet';
  const count = (state: BeatState): number => beats.filter((beat) => beat.state === state).length;
  return `Last ${beats.length} heartbeats: ${count('seen')} on time, ${count('late')} late, ${count('missed')} missed`;
}
