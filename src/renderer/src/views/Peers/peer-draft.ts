import type { PeerConfig } from '../../../../shared/config.js';
import { peerNameProblem, settingProblem } from '../../validation/settings.js';

/** What is typed into the form of a peer. */
export interface PeerDraft extends PeerConfig {
  readonly name: string;
}

export type PeerProblems = Readonly<Partial<Record<keyof PeerDraft, string>>>;

/** The topic that the mesh's convention gives to a node. */
export function conventionalTopic(name: string): string {
  return name === '' ? '' : `resonance.${name}`;
}

/**
 * What is wrong with a draft, field by field, as sentences.
 *
 * @param taken names that cannot be given again
 */
export function peerProblems({ name, websocket, topic }: PeerDraft, taken: readonly string[]): PeerProblems {
  const nameProblem = peerNameProblem(name);
  const webSocketProblem = settingProblem('peers.*.websocket', websocket);
  const topicProblem = settingProblem('peers.*.topic', topic);
  return {
    ...(nameProblem !== null
      ? { name: `Expected ${nameProblem}` }
      : taken.includes(name)
        ? { name: `${name} is taken` }
        : {}),
    ...(webSocketProblem === null ? {} : { websocket: `Expected ${webSocketProblem}` }),
    ...(topicProblem === null ? {} : { topic: `Expected ${topicProblem}` }),
  };
}
