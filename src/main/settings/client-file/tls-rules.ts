import type { ClientFileView, KeyResult } from './client-file.js';
import type { FileKind } from './file-kind.js';
import type { KeyRule } from './key-rules.js';
import { ignored, taken, takenCertificate, takenSecret, unsupported } from './results.js';

const nodeTls: KeyRule = () =>
  ignored('Resonance speaks TLS 1.2 and 1.3 with the ciphers of its own library');
const seenInFile: KeyRule = () => ignored('told by the file itself');

/** The keys of TLS, of both kinds of client. */
export const tlsRules: Readonly<Record<string, KeyRule>> = {
  'ssl.truststore.location': (value, view) => trustStore(value, view),
  'ssl.truststore.type': seenInFile,
  'ssl.truststore.password': () => ignored('certificates of an authority are no secret: PEM needs none'),
  'ssl.truststore.certificates': (value) => takenCertificate('security.caFile', pemText(value)),
  'ssl.ca.location': (value, view) =>
    value === 'probe'
      ? ignored('without a file, the usual authorities are trusted')
      : trustStore(value, view),
  'ssl.ca.pem': (value) => takenCertificate('security.caFile', pemText(value)),
  'ssl.keystore.location': (value, view) => keyStore(value, view),
  'ssl.keystore.type': seenInFile,
  'ssl.keystore.password': (value, view) =>
    keyStoreKind(view) === 'pkcs12'
      ? takenSecret('keyPassphrase', value)
      : ignored('it opens the key store, which is not used as it is'),
  'ssl.keystore.key': (value) => takenSecret('privateKey', pemText(value)),
  'ssl.keystore.certificate.chain': (value) => takenCertificate('security.certificateFile', pemText(value)),
  'ssl.certificate.location': (value, view) => keyStore(value, view),
  'ssl.certificate.pem': (value) => takenCertificate('security.certificateFile', pemText(value)),
  'ssl.key.location': (value, view) => keyFile(value, view),
  'ssl.key.pem': (value) => takenSecret('privateKey', pemText(value)),
  'ssl.key.password': (value, view) =>
    keyStoreKind(view) === 'pkcs12' && (view.get('ssl.keystore.password') ?? '') !== ''
      ? ignored('a PKCS#12 file has one password, that of the key store')
      : takenSecret('keyPassphrase', value),
  'ssl.endpoint.identification.algorithm': (value) =>
    value.toLowerCase() === 'https'
      ? ignored('Resonance always checks that the certificate is for the host')
      : unsupported(
          'Resonance always checks that the certificate is for the host',
          'Name the brokers as their certificate does, or have the names added to the certificate.',
        ),
  'enable.ssl.certificate.verification': (value) =>
    value.toLowerCase() === 'true'
      ? ignored('Resonance always checks certificates')
      : unsupported(
          'Resonance always checks certificates',
          'Name the authority that signed the brokers’ certificates as security.caFile.',
        ),
  'ssl.protocol': nodeTls,
  'ssl.enabled.protocols': nodeTls,
  'ssl.cipher.suites': nodeTls,
  'ssl.curves.list': nodeTls,
  'ssl.sigalgs.list': nodeTls,
  'ssl.provider': nodeTls,
  'ssl.providers': nodeTls,
  'ssl.keymanager.algorithm': nodeTls,
  'ssl.trustmanager.algorithm': nodeTls,
  'ssl.secure.random.implementation': nodeTls,
  'ssl.ca.certificate.stores': () => ignored('without a file, the usual authorities are trusted'),
  'ssl.engine.factory.class': () =>
    unsupported('classes of Java cannot be used', 'Name certificates and key as PEM files.'),
  'ssl.crl.location': () => unsupported('revocation lists are not read', 'Have the broker check them.'),
};

function trustStore(value: string, view: ClientFileView): KeyResult {
  const path = view.resolve(value);
  const pem = `${withoutEnding(path)}.pem`;
  switch (storeKind(value, view, 'ssl.truststore.type')) {
    case 'pem':
      return taken({ 'security.caFile': path });
    case 'jks':
      return unsupported(
        'Java’s own trust stores (JKS) cannot be read',
        `Convert it: keytool -list -rfc -keystore ${quoted(path)} > ${quoted(pem)}, and use that file as security.caFile.`,
      );
    case 'pkcs12':
      return unsupported(
        'a PKCS#12 file is no list of authorities here',
        `Convert it: openssl pkcs12 -in ${quoted(path)} -nokeys -out ${quoted(pem)}, and use that file as security.caFile.`,
      );
    case 'der':
      return derCertificate(path, 'security.caFile');
    case 'directory':
      return unsupported(
        'a folder cannot be used',
        `Put the certificates into one file: cat ${quoted(path)}/*.pem > ${quoted(pem)}, and use that as security.caFile.`,
      );
    default:
      return absent('security.caFile', path, view);
  }
}

function keyStore(value: string, view: ClientFileView): KeyResult {
  const path = view.resolve(value);
  const p12 = `${withoutEnding(path)}.p12`;
  switch (storeKind(value, view, 'ssl.keystore.type')) {
    case 'pem':
    case 'pkcs12':
      return taken({ 'security.certificateFile': path });
    case 'jks':
      return unsupported(
        'Java’s own key stores (JKS) cannot be read',
        `Convert it: keytool -importkeystore -srckeystore ${quoted(path)} -destkeystore ${quoted(p12)} -deststoretype PKCS12, and use that file as security.certificateFile, its password as the passphrase of the client key.`,
      );
    case 'der':
      return derCertificate(path, 'security.certificateFile');
    default:
      return absent('security.certificateFile', path, view);
  }
}

function keyFile(value: string, view: ClientFileView): KeyResult {
  const path = view.resolve(value);
  const kind = view.kindOf(value);
  if (kind === 'pem') return taken({ 'security.keyFile': path });
  if (kind !== 'missing') {
    return unsupported(
      'not a PEM file',
      `Convert it: openssl pkey -in ${quoted(path)} -out ${quoted(`${withoutEnding(path)}.pem`)}.`,
    );
  }
  return absent('security.keyFile', path, view);
}

/** What is there; of a file that is not, what the client's file says that it is. */
function storeKind(value: string, view: ClientFileView, typeKey: string): FileKind {
  const kind = view.kindOf(value);
  const saysJks = view.get(typeKey)?.toUpperCase() === 'JKS' || /\.jks$/i.test(value);
  return kind === 'missing' && saysJks ? 'jks' : kind;
}

/** What is not there can still be taken: it may be there by the time it is used. */
function absent(setting: string, path: string, view: ClientFileView): KeyResult {
  if (view.kindOf(path) === 'unknown') {
    return unsupported(`${path} is neither PEM nor PKCS#12`, `Name a PEM file as ${setting}.`);
  }
  return {
    ...taken({ [setting]: path }),
    hint: 'There is no such file that this user can read: put it there, or correct the path.',
  };
}

function derCertificate(path: string, setting: string): KeyResult {
  const pem = `${withoutEnding(path)}.pem`;
  return unsupported(
    'a certificate in DER is not read',
    `Convert it: openssl x509 -inform der -in ${quoted(path)} -out ${quoted(pem)}, and use that file as ${setting}.`,
  );
}

function keyStoreKind(view: ClientFileView) {
  const path = view.get('ssl.keystore.location') ?? view.get('ssl.certificate.location');
  return path === undefined ? 'pem' : view.kindOf(path);
}

/** In files of one line a value, line ends are written as `\n`; Java also takes the parts with spaces between. */
function pemText(value: string): string {
  const text = value.replace(/\\n/g, '\n').trim();
  if (text.includes('\n')) return `${text}\n`;
  return text
    .replace(/(-----(?:BEGIN|END) [A-Z0-9 ]+-----)[ \t]*/g, '\n$1\n')
    .split('\n')
    .flatMap((line) => (line.startsWith('-----') ? [line] : line.split(/[ \t]+/)))
    .filter((line) => line !== '')
    .join('\n')
    .concat('\n');
}

function withoutEnding(path: string): string {
  return path.replace(/\.[A-Za-z0-9]{1,8}$/, '');
}

/** For a shell. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
