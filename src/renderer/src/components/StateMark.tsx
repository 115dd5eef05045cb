import type { LinkPhase, NodeHealth } from '../../../shared/feed.js';
import styles from './StateMark.module.css';

/** How things stand. Each tone has its own shape, so that it reads without colour too. */
export type Tone = 'good' | 'warning' | 'bad' | 'idle';

const shapes: Readonly<Record<Tone, string>> = {
  good: 'M6 1.2a4.8 4.8 0 1 1 0 9.6 4.8 4.8 0 0 1 0-9.600Z',
  warning: 'M6 .8 11.6 10.800H.400L6 .800Z',
  bad: 'M1.500 1.500h9v9h-9z',
  idle: 'M6 2a4 4 0 1 1 0 8 4 4 0 0 1 0-8Z',
};

export function StateMark({ tone }: { readonly tone: Tone }) {
  return (
    <svg className={styles[tone]} viewBox="0 0 12 12" aria-hidden="true" focusable="false">
      <path d={shapes[tone]} />
    </svg>
  );
}

/** A mark with its words. */
export function StateLabel({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  return (
    <span className={styles.label}>
      <StateMark tone={tone} />
      {children}
    </span>
  );
}

export function healthTone(health: NodeHealth): Tone {
  return ({ healthy: 'good', late: 'warning', silent: 'bad', unknown: 'idle' } as const)[health];
}

export function linkTone(phase: LinkPhase): Tone {
  return ({ open: 'good', connecting: 'warning', backoff: 'warning', failed: 'bad', off: 'idle' } as const)[
    phase
  ];
}
