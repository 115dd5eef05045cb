import { peerNameProblem } from '../../validation/settings.js';

/** What is wrong with a name for a new profile, as a sentence; null when it may be given. */
export function profileNameProblem(name: string, taken: readonly string[]): string | null {
  const problem = peerNameProblem(name);
  if (problem !== null) return `Expected ${problem}`;
  return taken.includes(name) ? `${name} is taken` : null;
}

/** Brokers as they are typed: separated by commas, white space or line ends. */
export function brokersFromText(text: string): string[] {
  return text.split(/[\s,]+/).filter((broker) => broker !== '');
}
