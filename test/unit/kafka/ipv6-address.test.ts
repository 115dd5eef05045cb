import { expect, it } from 'vitest';
import { decodeBroker, decodeHost, encodeBroker } from '../../../src/main/kafka/faults/ipv6-address.js';

it.each([
  ['[::1]:9092', '::1'],
  ['[fe80::1%eth0]:19092', 'fe80::1%eth0'],
  ['localhost:9092', 'localhost'],
  ['my_broker:9092', 'my_broker'],
])('carries %s through a client that cuts at the first colon', (address, host) => {
  const [carriedHost, port] = encodeBroker(address).split(':');
  expect(decodeHost(String(carriedHost))).toBe(host);
  expect(port).toBe(address.slice(address.lastIndexOf(':') + 1));
  expect(decodeBroker(encodeBroker(address))).toBe(address);
});

it('leaves an address that a broker advertises without brackets', () => {
  expect(decodeHost('2001:db8::1')).toBe('2001:db8::1');
});
