/*
 * kafkajs cuts HOST:PORT at the first colon, which no IPv6 address survives
 * (https://github.com/tulios/kafkajs/issues/1589): its colons travel through kafkajs as underscores.
 */

/** A bootstrap server as kafkajs can carry it: `[::1]:9092` becomes `[__1]:9092`, all others stay. */
export function encodeBroker(address: string): string {
  const port = address.lastIndexOf(':');
  return address.startsWith('[')
    ? `${address.slice(0, port).replaceAll(':', '_')}${address.slice(port)}`
    : address;
}

/** The host to connect to, of what {@link encodeBroker} made or a broker advertised. */
export function decodeHost(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1).replaceAll('_', ':') : host;
}

/** HOST:PORT as kafkajs names a broker in its errors, in the usual form again. */
export function decodeBroker(address: string): string {
  return address.startsWith('[') ? address.replaceAll('_', ':') : address;
}
