/**
 * The PROXY protocol's header: what stands in front of a TCP connection to a node, so that the node knows the client. Written
 * after "The PROXY protocol, versions 1 & 2" (haproxy.org, 2020-03-05), sections 2.1 and 2.2.
 */
import { familyOf, toBigInt, type IpAddress } from '../../../src/net/ip.ts';
import type { Endpoint } from '../api/network.ts';
import type { ProxyVersion } from '../settings.ts';

/** What version 2 begins with. */
const signature = Buffer.from([0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]);
/** Version 2 in the upper half; in the lower one that the sender speaks for itself, or for a client. */
const [local, proxy] = [0x20, 0x21];
/** Family in the upper half, STREAM in the lower one. */
const stream = { IPv4: 0x11, IPv6: 0x21 } as const;

/** @param from the client. @param to where the client connected to. Both are of one family. */
export function proxyHeader(version: ProxyVersion, from: Endpoint, to: Endpoint): Buffer {
  const family = familyOf(to.address);
  if (version === 1) {
    const kind = family === 'IPv4' ? 'TCP4' : 'TCP6';
    return Buffer.from(`PROXY ${kind} ${from.address} ${to.address} ${from.port} ${to.port}\r\n`, 'latin1');
  }
  return binary(proxy, stream[family], Buffer.concat([bytesOf(from.address), bytesOf(to.address), portOf(from), portOf(to)]));
}

/** For a connection nobody asked for, such as a health check: it names no client. */
export const ownHeader = (version: ProxyVersion): Buffer =>
  version === 1 ? Buffer.from('PROXY UNKNOWN\r\n', 'latin1') : binary(local, 0x00, Buffer.alloc(0));

function binary(command: number, kind: number, addresses: Buffer): Buffer {
  const head = Buffer.from([command, kind, 0, 0]);
  head.writeUInt16BE(addresses.length, 2);
  return Buffer.concat([signature, head, addresses]);
}

function bytesOf(address: IpAddress): Buffer {
  const digits = familyOf(address) === 'IPv4' ? 8 : 32;
  return Buffer.from(toBigInt(address).toString(16).padStart(digits, '0'), 'hex');
}

function portOf({ port }: Endpoint): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(port);
  return bytes;
}
