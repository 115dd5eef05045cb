import type { NodeHealth } from '../../shared/feed.js';
import { HeartbeatTrack } from './heartbeat-track.js';

/** What is known of one node; written with every message, read when somebody asks. */
export class NodeRecord {
  readonly name: string;
  readonly heartbeats = new HeartbeatTrack();
  isSelf = false;
  isConfigured = false;
  messagesIn = 0;
  messagesOut = 0;
  /** Wall time. */
  lastMessageAtMs: number | null = null;
  /** Attention time of the tick by which it was last heard. */
  lastHeardMs = Number.NEGATIVE_INFINITY;
  isHeardSinceTick = false;
  /** Wall time. */
  kafkaHeardAtMs: number | null = null;
  frequencyHz: number | null = null;
  sRoi: number | null = null;
  status: string | null = null;
  anchor: string | null = null;
  isFrequencyFresh = false;
  isSRoiFresh = false;
  /** A value is another one than before; whoever flushes takes it down. */
  hasNews = false;
  /** Receipt of the last heartbeat that was looked at; wall time. */
  lastBeatLookedAtMs = 0;
  /** Attention time of its last heartbeat that was no answer to one of ours. */
  lastOwnBeatMs = Number.NEGATIVE_INFINITY;
  /** As of the last tick. */
  health: NodeHealth = 'unknown';

  constructor(name: string) {
    this.name = name;
  }
}
