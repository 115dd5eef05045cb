import protocol from 'kafkajs/src/protocol/requests/index.js';
import { ResonanceError } from '../../../shared/errors.js';
import type { KafkajsBroker } from '../kafkajs-cluster.js';

/** APIs by their keys in the Kafka protocol. */
const apiKeys = { ListOffsets: 2, Metadata: 3 } as const;

/**
 * Asks one broker, and gives its answer with the error codes that are in it. kafkajs throws the whole answer away for the error of
 * one partition: a cluster with a single partition that has no leader shows no topic at all
 * (https://github.com/tulios/kafkajs/issues/1460, 639).
 */
export async function wholeAnswer(
  broker: KafkajsBroker,
  api: keyof typeof apiKeys,
  parameters: object,
): Promise<unknown> {
  const requests = protocol.requests?.[api];
  if (requests === undefined) {
    throw new ResonanceError('KAFKA_FAILED', `this version of kafkajs has no request ${api}`);
  }
  const { request, response } = broker.lookupRequest(apiKeys[api], requests)(parameters);
  return broker.connectionPool.send({
    request,
    response: { decode: (body) => response.decode(body), parse: async (answer) => answer },
  });
}
