import { isIPv4, isIPv6 } from 'node:net';

/** Whether `address` is an IP address of this machine's loopback interface: 127.0.0.0/8 or ::1. */
export function isLoopback(address: string): boolean {
  if (isIPv4(address)) return address.startsWith('127.');
  return isIPv6(address) && (address === '::1' || address === '0:0:0:0:0:0:0:1');
}

/**
 * The loopback address to bind for a host name or address, or undefined when it is none. `localhost` is 127.0.0.1, whatever
 * the resolver says: clients try that address in any case.
 */
export function toLoopbackAddress(host: string): string | undefined {
  if (host.toLowerCase() === 'localhost') return '127.0.0.1';
  return isLoopback(host) ? host : undefined;
}
