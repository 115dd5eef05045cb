/**
 * The server settings of the clusters that the tests run on, by the count of their nodes; docker-compose.yml has the same.
 * Addresses, ids and folders are not among them.
 */
export function apacheKafkaSettings(nodes: 1 | 3): Record<string, string> {
  const isCluster = nodes === 3;
  return {
    'process.roles': 'broker,controller',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'auto.create.topics.enable': 'false',
    'num.partitions': '1',
    'default.replication.factor': String(nodes),
    'min.insync.replicas': isCluster ? '2' : '1',
    'offsets.topic.num.partitions': '4',
    'offsets.topic.replication.factor': String(nodes),
    'transaction.state.log.num.partitions': '4',
    'transaction.state.log.replication.factor': String(nodes),
    'transaction.state.log.min.isr': isCluster ? '2' : '1',
    'group.initial.rebalance.delay.ms': '0',
    // A killed node may register again once the controller has given its former self up.
    'broker.session.timeout.ms': '2000',
    'broker.heartbeat.interval.ms': '500',
  };
}
