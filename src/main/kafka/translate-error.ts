import { describeError, type ErrorCode, ResonanceError } from '../../shared/errors.js';
import { socketErrorCodes } from './broker-socket.js';
import { decodeBroker } from './faults/ipv6-address.js';

/** What any failure of kafkajs means to the operator. */
interface Meaning {
  readonly code: ErrorCode;
  readonly retriable: boolean;
  readonly message: (detail: string, where: string) => string;
  readonly hint: string;
}

const startHint = 'Check that the broker runs and that kafka.brokers names its host and port.';

const caHint =
  'Put the PEM file of the authority that signed the brokers’ certificates into kafka.security.caFile.';

/** By `code` of the socket's error (Node's and OpenSSL's). */
const bySocketCode: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: {
    code: 'KAFKA_UNREACHABLE',
    retriable: true,
    message: (_, where) => `nothing listens at ${where}`,
    hint: startHint,
  },
  ENOTFOUND: {
    code: 'KAFKA_UNREACHABLE',
    retriable: true,
    message: (_, where) => `the host name of ${where} cannot be resolved`,
    hint: 'Check the spelling in kafka.brokers; a name that only the broker’s own network knows (its advertised.listeners) must be resolvable here too.',
  },
  EAI_AGAIN: {
    code: 'KAFKA_UNREACHABLE',
    retriable: true,
    message: (_, where) => `the name server did not answer for ${where}`,
    hint: 'Check this machine’s network and name server.',
  },
  ECONNRESET: {
    code: 'KAFKA_UNREACHABLE',
    retriable: true,
    message: (_, where) => `${where} dropped the connection`,
    hint: 'The broker restarted, or something in between ended the connection; it is tried again.',
  },
  [socketErrorCodes.unanswered]: {
    code: 'KAFKA_UNREACHABLE',
    retriable: true,
    message: (_, where) => `${where} dropped the connection without an answer`,
    hint: 'The port may expect TLS (kafka.security.protocol) or be no Kafka listener; or the broker has just restarted.',
  },
  EPIPE: {
    code: 'KAFKA_UNREACHABLE',
    retriable: true,
    message: (_, where) => `${where} dropped the connection`,
    hint: 'If it happens again and again, look into the broker’s log.',
  },
  EHOSTUNREACH: {
    code: 'KAFKA_UNREACHABLE',
    retriable: true,
    message: (_, where) => `there is no route to ${where}`,
    hint: 'Check the network, a VPN or a firewall in between.',
  },
  ENETUNREACH: {
    code: 'KAFKA_UNREACHABLE',
    retriable: true,
    message: (_, where) => `there is no network to ${where}`,
    hint: 'Check this machine’s network.',
  },
  ETIMEDOUT: {
    code: 'KAFKA_TIMEOUT',
    retriable: true,
    message: (_, where) => `${where} did not answer`,
    hint: 'A firewall may swallow the packets, or the broker hangs.',
  },
  EPROTO: tls(
    (where) => `${where} does not speak TLS`,
    'That port is a plaintext listener: set kafka.security.protocol to plaintext (or sasl_plaintext), or use the TLS port.',
  ),
  ERR_SSL_WRONG_VERSION_NUMBER: tls(
    (where) => `${where} does not speak TLS`,
    'That port is a plaintext listener: set kafka.security.protocol to plaintext (or sasl_plaintext), or use the TLS port.',
  ),
  [socketErrorCodes.handshakeDropped]: tls(
    (where) => `${where} dropped the connection instead of speaking TLS`,
    'The port is a plaintext listener, or a proxy in between refuses: set kafka.security.protocol to plaintext (or sasl_plaintext), or use the TLS port.',
  ),
  [socketErrorCodes.listenerWantsTls]: tls(
    (where) => `${where} speaks TLS, and this node tried without`,
    'Set kafka.security.protocol to ssl (or sasl_ssl where it wants a login), or use a plaintext port.',
  ),
  CERT_HAS_EXPIRED: tls(
    (where) => `the certificate of ${where} has expired`,
    'Have the broker’s certificate renewed, and check this machine’s clock.',
  ),
  CERT_NOT_YET_VALID: tls(
    (where) => `the certificate of ${where} is not valid yet`,
    'Check this machine’s clock, then the broker’s certificate.',
  ),
  DEPTH_ZERO_SELF_SIGNED_CERT: tls((where) => `the certificate of ${where} is self-signed`, caHint),
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority(),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority(),
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority(),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority(),
  CERT_SIGNATURE_FAILURE: unknownAuthority(),
  ERR_TLS_CERT_ALTNAME_INVALID: {
    code: 'KAFKA_TLS_FAILED',
    retriable: false,
    message: (detail, where) =>
      `the certificate of ${where} is for another host name${certifiedNames(detail)}`,
    hint: 'Use the host name that the certificate names in kafka.brokers (and in the brokers’ advertised.listeners).',
  },
  ...Object.fromEntries(
    [
      'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
      'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
      'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
      'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
      'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE',
      'ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN',
      'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_UNKNOWN',
      'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
      'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED',
      'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED',
    ].map((code) => [code, clientCertificateRefused()]),
  ),
};

/** By `type` of the broker's answer (KIP-independent error names of the Kafka protocol). */
const byProtocolType: Readonly<Record<string, Meaning>> = {
  UNKNOWN_TOPIC_OR_PARTITION: {
    code: 'KAFKA_TOPIC_UNKNOWN',
    retriable: true,
    message: (detail) => `the topic or partition does not exist (${detail})`,
    hint: 'Create the topic, or let this node create it (permission to create topics), and check kafka.topics for a misspelling.',
  },
  INVALID_TOPIC_EXCEPTION: {
    code: 'KAFKA_TOPIC_UNKNOWN',
    retriable: false,
    message: () => 'the topic name is not allowed',
    hint: 'Use letters, digits, `.`, `_` and `-`, at most 249.',
  },
  TOPIC_ALREADY_EXISTS: {
    code: 'KAFKA_TOPIC_EXISTS',
    retriable: false,
    message: () => 'the topic exists already',
    hint: 'Choose another name, or use the existing topic.',
  },
  MESSAGE_TOO_LARGE: tooLarge(),
  RECORD_LIST_TOO_LARGE: tooLarge(),
  NON_EMPTY_GROUP: {
    code: 'KAFKA_GROUP_NOT_EMPTY',
    retriable: true,
    message: () => 'the consumer group has active members',
    hint: 'Stop every instance of the group first.',
  },
  TOPIC_AUTHORIZATION_FAILED: notAuthorized('this topic', 'read and write on the topic'),
  GROUP_AUTHORIZATION_FAILED: notAuthorized('this consumer group', 'read on the group'),
  CLUSTER_AUTHORIZATION_FAILED: notAuthorized(
    'this cluster operation',
    'create or idempotent write on the cluster',
  ),
  SASL_AUTHENTICATION_FAILED: authentication('the broker refused the user name or password'),
  UNSUPPORTED_SASL_MECHANISM: authentication('the broker does not offer this SASL mechanism'),
  ILLEGAL_SASL_STATE: authentication('the broker did not expect a login at this listener'),
  INVALID_REPLICATION_FACTOR: {
    code: 'KAFKA_FAILED',
    retriable: false,
    message: () => 'there are fewer brokers than the replication factor asks for',
    hint: 'Choose a replication factor that is at most the number of brokers.',
  },
  NOT_ENOUGH_REPLICAS: notEnoughReplicas(),
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: notEnoughReplicas(),
  REQUEST_TIMED_OUT: {
    code: 'KAFKA_TIMEOUT',
    retriable: true,
    message: () => 'the broker waited in vain for other brokers of the cluster',
    hint: 'A message counts as stored once all in-sync replicas have it, and brokers that keep one are down or slow: start them. It is tried again by itself.',
  },
  LEADER_NOT_AVAILABLE: {
    code: 'KAFKA_UNREACHABLE',
    retriable: true,
    message: () => 'a partition has no leader just now',
    hint: 'The brokers that keep its copies are down, or an election is under way: Topics shows which. It is tried again by itself.',
  },
  NOT_LEADER_FOR_PARTITION: {
    code: 'KAFKA_UNREACHABLE',
    retriable: true,
    message: () => 'another broker has just become the partition’s leader',
    hint: 'It is tried again there by itself.',
  },
  GROUP_COORDINATOR_NOT_AVAILABLE: noCoordinator(),
  NOT_COORDINATOR_FOR_GROUP: noCoordinator(),
  GROUP_LOAD_IN_PROGRESS: {
    code: 'KAFKA_UNREACHABLE',
    retriable: true,
    message: () => 'the broker is not ready for this yet',
    hint: 'It has just started, or reaches no controller of the cluster: that takes most of the controllers. It is tried again by itself.',
  },
};

/** By the name of kafkajs' own error class. */
const byName: Readonly<Record<string, Meaning>> = {
  KafkaJSConnectionError: {
    code: 'KAFKA_UNREACHABLE',
    retriable: true,
    message: (detail, where) => `no connection to ${where}: ${detail}`,
    hint: startHint,
  },
  KafkaJSConnectionClosedError: {
    code: 'KAFKA_UNREACHABLE',
    retriable: true,
    message: (_, where) => `${where} closed the connection`,
    hint: 'The broker restarted; if it happens again and again, the listener may expect a login (kafka.security).',
  },
  KafkaJSRequestTimeoutError: {
    code: 'KAFKA_TIMEOUT',
    retriable: true,
    message: (detail, where) => `${where} did not answer in time (${detail})`,
    hint: 'The broker hangs, is overloaded, or the network swallows packets.',
  },
  KafkaJSLockTimeout: {
    code: 'KAFKA_TIMEOUT',
    retriable: true,
    message: (_, where) => `${where} could not be connected in time`,
    hint: 'The broker hangs, is overloaded, or the network swallows packets.',
  },
  KafkaJSSASLAuthenticationError: authentication('the broker refused the login'),
  KafkaJSBrokerNotFound: {
    code: 'KAFKA_UNREACHABLE',
    retriable: true,
    message: () => 'the cluster’s leader for this partition is not known',
    hint: 'A broker is down or an election is under way; it is tried again.',
  },
  KafkaJSNoBrokerAvailableError: {
    code: 'KAFKA_UNREACHABLE',
    retriable: true,
    message: () => 'no broker of the cluster is known any more',
    hint: startHint,
  },
  KafkaJSGroupCoordinatorNotFound: noCoordinator(),
  KafkaJSTopicMetadataNotLoaded: {
    code: 'KAFKA_TOPIC_UNKNOWN',
    retriable: true,
    message: (detail) => detail,
    hint: 'The topic was created or deleted a moment ago; it is tried again.',
  },
};

/** The names that Node's message lists, in brackets; it lists none where an address was asked for and none is certified. */
function certifiedNames(detail: string): string {
  const [, names = ''] = /.*(?:altnames|cert's list): (.*)$/.exec(detail) ?? [];
  return names === '' ? '' : ` (${names.replaceAll(/(?:DNS|IP Address):/g, '')})`;
}

function unknownAuthority(): Meaning {
  return tls((where) => `the certificate authority of ${where} is not known here`, caHint);
}

function clientCertificateRefused(): Meaning {
  return tls(
    (where) => `${where} refused this node’s client certificate, or wants one`,
    'Set kafka.security.certificateFile and keyFile to a valid certificate that the brokers’ authority has signed.',
  );
}

function tls(message: (where: string) => string, hint: string): Meaning {
  return { code: 'KAFKA_TLS_FAILED', retriable: false, message: (_, where) => message(where), hint };
}

function noCoordinator(): Meaning {
  return {
    code: 'KAFKA_UNREACHABLE',
    retriable: true,
    message: () => 'no broker coordinates the consumer group just now',
    hint: 'It is tried again; if it stays so, brokers that keep __consumer_offsets are down.',
  };
}

function tooLarge(): Meaning {
  return {
    code: 'KAFKA_MESSAGE_TOO_LARGE',
    retriable: false,
    message: () => 'the message is larger than the broker accepts',
    hint: 'Send less, or raise max.message.bytes of the topic.',
  };
}

function authentication(what: string): Meaning {
  return {
    code: 'KAFKA_AUTHENTICATION_FAILED',
    retriable: false,
    message: () => what,
    hint: 'Check user name, password and mechanism under Settings, Kafka (kafka.security).',
  };
}

function notAuthorized(what: string, permission: string): Meaning {
  return {
    code: 'KAFKA_NOT_AUTHORIZED',
    retriable: false,
    message: () => `this user may not use ${what}`,
    hint: `Ask the cluster’s administrator for: ${permission}.`,
  };
}

function notEnoughReplicas(): Meaning {
  return {
    code: 'KAFKA_FAILED',
    retriable: true,
    message: () => 'too few replicas are in sync to accept writes',
    hint: 'Brokers of the cluster are down: start them. It is tried again by itself, and stored once min.insync.replicas of the copies are back in sync.',
  };
}

interface KafkaErrorLike {
  readonly name: string;
  readonly message: string;
  readonly code?: unknown;
  readonly type?: unknown;
  readonly broker?: unknown;
  readonly retriable?: unknown;
  readonly cause?: unknown;
}

/**
 * Anything that kafkajs throws, as a {@link ResonanceError} with what to do about it.
 *
 * kafkajs wraps: `KafkaJSNumberOfRetriesExceeded` and `KafkaJSNonRetriableError` say nothing by themselves
 * (https://github.com/tulios/kafkajs/issues/1299), so the chain of causes is walked and the most specific one counts.
 *
 * @param doing what was tried, for the message: `sending to resonance.inbound`
 * @param endpoint the bootstrap servers, where the error itself names no broker
 */
export function translateKafkaError(error: unknown, doing: string, endpoint: string): ResonanceError {
  const chain = causesOf(error);
  const own = chain.find((link) => link instanceof ResonanceError);
  if (own instanceof ResonanceError) return own;
  const broker = chain.map((link) => link.broker).find((name) => typeof name === 'string');
  const where = typeof broker === 'string' ? decodeBroker(broker) : endpoint;
  for (const pick of [bySocket, byType, byClass]) {
    for (const link of chain) {
      const meaning = pick(link);
      if (meaning === undefined) continue;
      return new ResonanceError(meaning.code, `${doing}: ${meaning.message(link.message, where)}`, {
        retriable: meaning.retriable,
        hint: meaning.hint,
        cause: error,
      });
    }
  }
  return new ResonanceError('KAFKA_FAILED', `${doing}: ${describeError(error)}`, {
    // What is no error class of kafkajs is a stumble of its own, such as `Broker not connected` when a request meets a
    // connection that is still being set up: another try meets another state.
    retriable:
      chain.some((link) => link.retriable === true) || chain.at(-1)?.name.startsWith('KafkaJS') === false,
    hint: 'Look into the broker’s log, and into this app’s log at level debug.',
    cause: error,
  });
}

const bySocket = (link: KafkaErrorLike): Meaning | undefined =>
  typeof link.code === 'string' ? bySocketCode[link.code] : undefined;
const byType = (link: KafkaErrorLike): Meaning | undefined =>
  typeof link.type === 'string' ? byProtocolType[link.type] : undefined;
const byClass = (link: KafkaErrorLike): Meaning | undefined => byName[link.name];

function causesOf(error: unknown): KafkaErrorLike[] {
  const chain: KafkaErrorLike[] = [];
  let link: unknown = error;
  while (link instanceof Error && chain.length < 8) {
    chain.push(link as KafkaErrorLike);
    const { cause, errors } = link as { cause?: unknown; errors?: unknown };
    link = cause ?? (Array.isArray(errors) ? errors[0] : undefined);
  }
  return chain;
}
