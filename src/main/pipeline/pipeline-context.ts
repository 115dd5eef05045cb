import type { Clock } from '../../shared/clock.js';
import type { Config } from '../../shared/config.js';
import type { Envelope } from '../../shared/envelope.js';
import type { Logger } from '../../shared/logger.js';
import type { PipelineObserver } from './pipeline-observer.js';

/** What every part of one pipeline is built with. */
export interface PipelineContext {
  /** As it is now: the peers may change while the pipeline runs, the rest stays. */
  readonly config: Config;
  readonly clock: Clock;
  /** 0 <= x < 1. */
  readonly random: () => number;
  readonly logger: Logger;
  readonly observer: PipelineObserver;
  /** This node's present values, for welcomes and heartbeats. */
  readonly ownValues: () => { readonly frequency: number; readonly s_roi: number };
  /** Takes what came in over WebSocket. */
  readonly receive: (envelope: Envelope) => void;
  /** Takes what came in over Kafka: the consumer has marked the repeats, and runs the handlers. */
  readonly show: (envelopes: readonly Envelope[]) => void;
}
