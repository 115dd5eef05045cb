import type { Admin, Consumer, Producer } from 'kafkajs';
import type { SocketRegistry } from '../socket-registry.js';

/*
 * A connection that missed one answer stays in use in kafkajs, and misses all others, until the operating system gives
 * it up many minutes later (https://github.com/tulios/kafkajs/issues/919, 660). Dropped, its requests are rejected at
 * once and the next attempt connects anew. One whose very first request was not answered would otherwise count as
 * connected for ever, and every request on it as an error (`Broker not connected`).
 */

export function dropUnansweredAdmin(admin: Admin, sockets: SocketRegistry): void {
  admin.on('admin.network.request_timeout', () => sockets.dropAll('no answer in time'));
}

export function dropUnansweredProducer(producer: Producer, sockets: SocketRegistry): void {
  producer.on('producer.network.request_timeout', () => sockets.dropAll('no answer in time'));
}

export function dropUnansweredConsumer(consumer: Consumer, sockets: SocketRegistry): void {
  consumer.on('consumer.network.request_timeout', () => sockets.dropAll('no answer in time'));
}
