import type { ErrorReport } from '../../../shared/errors.js';
import type { LinkState, NodeStatus } from '../../../shared/feed.js';
import { linkPhaseWords } from '../format/words.js';
import { linkTone, type Tone } from './StateMark.js';

const severity: Readonly<Record<Tone, number>> = { good: 0, idle: 1, warning: 2, bad: 3 };

/** The worse one of both ways to the cluster. Under a read-only profile there is only the one that reads. */
export function clusterLink({ kafka, profile }: Pick<NodeStatus, 'kafka' | 'profile'>): LinkState {
  const reading = kafka.consumer.link;
  if (profile.readOnly) return reading;
  return severity[linkStanding(reading).tone] > severity[linkStanding(kafka.producer).tone]
    ? reading
    : kafka.producer;
}

/** How a connection stands: one that is open, and yet takes nothing, is not sound. */
export function linkStanding({ phase, refusal }: LinkState): { readonly tone: Tone; readonly words: string } {
  if (phase === 'open' && refusal !== undefined) return { tone: 'warning', words: 'Not taking messages' };
  return { tone: linkTone(phase), words: linkPhaseWords[phase] };
}

/** What is wrong with it, or null. */
export function linkTrouble({ phase, refusal, lastError }: LinkState): ErrorReport | null {
  return refusal?.error ?? (phase === 'open' ? null : lastError);
}
