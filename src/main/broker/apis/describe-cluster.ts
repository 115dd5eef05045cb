import { ErrorCode } from '../protocol/error-code.js';
import { type BrokerServices, defineApi } from './api.js';
import { NO_AUTHORIZED_OPERATIONS } from './authorized-operations.js';

/**
 * DescribeCluster (key 60), version 0 (KIP-700).
 *
 * Behaviour: one broker, which is the controller. Deviations: authorised operations are never given.
 */
export const describeCluster = defineApi<object, { readonly broker: BrokerServices }>({
  key: 60,
  name: 'DescribeCluster',
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  decode: (reader) => {
    reader.boolean();
    reader.skipTags();
    return {};
  },
  handle: ({ broker }) => ({ broker }),
  encode: (writer, _version, { broker }) => {
    const { nodeId, host, port } = broker.advertised;
    writer.int32(0).int16(ErrorCode.NONE).nullableString(null);
    writer.string(broker.clusterId).int32(nodeId);
    writer.array([broker.advertised], (w) => {
      w.int32(nodeId).string(host).int32(port).nullableString(null).tags();
    });
    writer.int32(NO_AUTHORIZED_OPERATIONS).tags();
  },
});
