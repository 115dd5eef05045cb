/*
 * What a program imports: the node's components, and what they need. See README.md, Programmatic usage.
 */

export type { Clock, Timer } from '../shared/clock.js';
export { type Config, configSchema, defaultConfig } from '../shared/config.js';
export type { Envelope, KafkaPosition } from '../shared/envelope.js';
export { type ErrorCode, errorCodes, ResonanceError } from '../shared/errors.js';
export type { Logger, LogLevel } from '../shared/logger.js';
export type { Message, MessageOfType, MessageType, StateData, WireMessage } from '../shared/message.js';
export { parseMessage, validateMessage } from '../shared/parse-message.js';
export { resolveConfig } from '../shared/resolve-config.js';
export { EmbeddedBroker, type EmbeddedBrokerOptions } from './broker/index.js';
export { KafkaAdmin, type KafkaAdminOptions } from './kafka/kafka-admin.js';
export { ResonanceConsumer, type ResonanceConsumerOptions } from './kafka/resonance-consumer.js';
export { ResonanceProducer, type ResonanceProducerOptions } from './kafka/resonance-producer.js';
export { TopicTap, type TopicTapOptions } from './kafka/topic-tap.js';
export { createLogger, type LogControl, type LogSink } from './log/logger.js';
export { createStreamSink } from './log/stream-sink.js';
export { ResonancePipeline, type ResonancePipelineOptions } from './pipeline/resonance-pipeline.js';
export { StateSynchronizer, type StateSynchronizerOptions } from './sync/state-synchronizer.js';
export { createSystemClock } from './system-clock.js';
export {
  ResonanceWebSocketClient,
  type WebSocketClientOptions,
} from './websocket/resonance-websocket-client.js';
export {
  ResonanceWebSocketServer,
  type WebSocketServerOptions,
} from './websocket/resonance-websocket-server.js';
