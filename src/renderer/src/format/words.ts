import type { Transport } from '../../../shared/envelope.js';
import type {
  LinkPhase,
  MessageRow,
  NodeHealth,
  RejectedMessage,
  SimulationFault,
} from '../../../shared/feed.js';
import type { MessageType } from '../../../shared/message.js';

/*
 * The words for the contract's constants. Records are complete by their type; their keys also serve as lists here,
 * because the constants' own modules would bring the schema library into the window's first chunk.
 */

export const messageTypeWords: Readonly<Record<MessageType, string>> = {
  state_update: 'State update',
  frequency_sync: 'Frequency sync',
  s_roi_update: 'S-ROI update',
  repository_event: 'Repository event',
  heartbeat: 'Heartbeat',
};
export const messageTypeList = Object.keys(messageTypeWords) as readonly MessageType[];

export const transportWords: Readonly<Record<Transport, string>> = {
  kafka: 'Kafka',
  websocket: 'WebSocket',
  local: 'This node',
};

/** The way that a message took: its topic, or the WebSocket link and whose it is. */
export function wayOf(row: Pick<MessageRow, 'topic' | 'transport' | 'connection'>): string {
  const { topic, transport, connection = '' } = row;
  if (topic !== null) return topic;
  const [kind = '', name = ''] = connection.split(/[:#](.*)/s);
  if (kind === 'peer') return `${transportWords[transport]} ${name}`;
  return kind === 'server' ? `${transportWords[transport]} client ${name}` : transportWords[transport];
}

/** Where a message that was refused came from, in the same words. */
export function originOf({ transport, origin }: Pick<RejectedMessage, 'transport' | 'origin'>): string {
  return wayOf({ topic: transport === 'kafka' ? origin : null, transport, connection: origin });
}

export const transportList = Object.keys(transportWords) as readonly Transport[];

/** A cluster as the operator knows it; without a profile the Kafka settings stand for themselves. */
export function clusterWords(profile: string): string {
  return profile === '' ? 'No profile' : profile;
}

/** Of a copy of a message that had its effect before. */
export const repeatWords = 'A repeat: the message had its effect when it first came, this copy has none';

export const healthWords: Readonly<Record<NodeHealth, string>> = {
  healthy: 'Healthy',
  late: 'Late',
  silent: 'Silent',
  unknown: 'Not heard yet',
};

export const linkPhaseWords: Readonly<Record<LinkPhase, string>> = {
  off: 'Off',
  connecting: 'Connecting',
  open: 'Connected',
  backoff: 'Waiting to retry',
  failed: 'Failed',
};

export const faultWords: Readonly<Record<SimulationFault, string>> = {
  silence: 'Silence',
  drift: 'Drift',
  malformed: 'Malformed',
  burst: 'Burst',
  lag: 'Lag',
};
