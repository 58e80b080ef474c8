import { isIPv6 } from 'node:net';

export interface ProxyHeader {
  /** `v1 TCP4 192.0.2.1 203.0.113.1 4711 80`, `v2 192.0.2.1 203.0.113.1 4711 80`, `v2 LOCAL`; null where there is none. */
  readonly text: string | null;
  /** Bytes it takes. */
  readonly length: number;
}

const v1 = Buffer.from('PROXY ');
const v2 = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const none: ProxyHeader = { text: null, length: 0 };

/** The PROXY protocol header that a connection begins with, as its specification has it (haproxy, proxy-protocol.txt). */
export function readProxyHeader(bytes: Buffer): ProxyHeader | 'incomplete' {
  if (startsLike(bytes, v1)) {
    const end = bytes.indexOf('\r\n');
    if (end >= 0) return { text: `v1 ${bytes.toString('latin1', v1.length, end)}`, length: end + 2 };
    return bytes.length > 107 ? none : 'incomplete';
  }
  if (!startsLike(bytes, v2)) return none;
  if (bytes.length < 16) return 'incomplete';
  const length = 16 + bytes.readUInt16BE(14);
  if (bytes.length < length) return 'incomplete';
  return { text: `v2 ${describe(bytes)}`, length };
}

/** The first bytes agree, as far as there are any. */
function startsLike(bytes: Buffer, start: Buffer): boolean {
  const shared = Math.min(bytes.length, start.length);
  return shared > 0 && bytes.subarray(0, shared).equals(start.subarray(0, shared));
}

function describe(bytes: Buffer): string {
  if ((bytes.readUInt8(12) & 0xf) === 0) return 'LOCAL';
  const family = bytes.readUInt8(13) >> 4;
  if (family !== 1 && family !== 2) return 'UNSPEC';
  const size = family === 1 ? 4 : 16;
  const address = (index: number) => addressText(bytes.subarray(16 + index * size, 16 + (index + 1) * size));
  const ports = 16 + 2 * size;
  return `${address(0)} ${address(1)} ${bytes.readUInt16BE(ports)} ${bytes.readUInt16BE(ports + 2)}`;
}

function addressText(bytes: Buffer): string {
  if (bytes.length === 4) return [...bytes].join('.');
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16)).join(':');
  // The URL parser writes IPv6 in its canonical short form.
  const short = new URL(`http://[${groups}]`).hostname.slice(1, -1);
  return isIPv6(short) ? short : groups;
}
