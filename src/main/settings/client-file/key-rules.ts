import { brokersRule } from './broker-list.js';
import type { ClientFileView, KeyResult } from './client-file.js';
import { loginRules } from './login-rules.js';
import { ignored, taken, unsupported } from './results.js';
import { tlsRules } from './tls-rules.js';

export type KeyRule = (value: string, view: ClientFileView) => KeyResult;

const protocols = ['plaintext', 'ssl', 'sasl_plaintext', 'sasl_ssl'];

const rules: Readonly<Record<string, KeyRule>> = {
  'bootstrap.servers': brokersRule,
  'client.id': (value) => taken({ clientId: value }),
  'group.id': (value) => ({
    ...taken({ groupId: value }),
    hint: 'Resonance will share this group’s partitions: change it if another program uses the group.',
  }),
  'security.protocol': (value) => {
    const protocol = value.toLowerCase();
    return protocols.includes(protocol)
      ? taken({ 'security.protocol': protocol })
      : unsupported('no protocol of Kafka', `Expected one of ${protocols.join(', ')}.`);
  },
  ...loginRules,
  ...tlsRules,
};

/** Families of keys that change nothing here, and why. The first one that fits decides. */
const families: readonly (readonly [RegExp, () => KeyResult])[] = [
  [
    /^config\.providers/,
    () => unsupported('values from a configuration provider are not looked up', 'Enter them in Resonance.'),
  ],
  [
    /^sasl\.kerberos\./,
    () => unsupported('Kerberos is not supported', 'Use a listener with SCRAM, PLAIN or OAUTHBEARER.'),
  ],
  [
    /^(schema\.registry\.|basic\.auth\.)/,
    () => ignored('Resonance’s messages are JSON: no schema registry is used'),
  ],
  [
    /serializer|deserializer|interceptor\.classes|^partitioner/,
    () => ignored('Resonance’s messages are JSON, keyed by the node’s name'),
  ],
  [
    /^(acks|request\.required\.acks|enable\.idempotence|retries|message\.send\.max\.retries|max\.in\.flight.*|delivery\.timeout\.ms|transactional\.id|enable\.gapless.*)$/,
    () => ignored('Resonance always sends with acks=all, idempotent, and retries by itself'),
  ],
  [/^compression\./, () => ignored('compression is a setting of the node, not of a cluster')],
  [
    /^(auto\.offset\.reset|enable\.auto\.(commit|offset\.store)|auto\.commit\.|isolation\.level|group\.(instance\.id|protocol)|partition\.assignment\.strategy|max\.poll|session\.timeout|heartbeat\.interval|allow\.auto\.create)/,
    () => ignored('Resonance reads from the beginning and commits once a message had its effect'),
  ],
  [
    /^(debug|log|statistics|metric|metrics|topic)\b/,
    () => ignored('about the other client, not about the cluster'),
  ],
  [
    /\.(ms|bytes|kbytes|size|messages|max|min|backoff)$/,
    () => ignored('Resonance has its own time-outs and buffers'),
  ],
];

/** What to do with a key; one that nobody knows is ignored. */
export function ruleFor(key: string): KeyRule {
  const rule = Object.hasOwn(rules, key) ? rules[key] : undefined;
  if (rule !== undefined) return rule;
  const family = families.find(([pattern]) => pattern.test(key));
  return family === undefined ? () => ignored('Resonance has nothing of this name') : () => family[1]();
}
