import { fromBigInt, parseIp, type Family, type IpAddress } from '../../../src/net/ip.ts';

/** What stands in front of a stream; `bytes` is its length, 0 where there is no header. */
export interface ReadHeader {
  readonly version: 1 | 2;
  /** Absent where the sender speaks for itself: `UNKNOWN`, `LOCAL`. */
  readonly client?: IpAddress;
  readonly bytes: number;
}

const signature = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
/** The longest line there can be, with its end. */
const longestLine = 107;

/**
 * The PROXY header at the start of what came in so far, as a server behind a load balancer reads it. What is no header, whole
 * or begun, is the client's own words.
 */
export function readProxyHeader(heard: Buffer): ReadHeader | 'incomplete' {
  const none: ReadHeader = { version: 1, bytes: 0 };
  if (beginsLike(heard, signature)) return heard.length < 16 ? 'incomplete' : readBinary(heard, none);
  if (!beginsLike(heard, Buffer.from('PROXY '))) return none;
  const end = heard.indexOf('\r\n');
  if (end === -1) return heard.length < longestLine ? 'incomplete' : none;
  const [, kind = '', source = ''] = heard.toString('latin1', 0, end).split(' ');
  const client = kind === 'UNKNOWN' ? undefined : parseIp(source);
  return { version: 1, bytes: end + 2, ...(client === undefined ? {} : { client }) };
}

function readBinary(heard: Buffer, none: ReadHeader): ReadHeader | 'incomplete' {
  const [command, kind, length] = [heard.readUInt8(12), heard.readUInt8(13), heard.readUInt16BE(14)];
  if (heard.length < 16 + length) return 'incomplete';
  if (command >> 4 !== 2) return none;
  const family: Family | undefined = kind >> 4 === 1 ? 'IPv4' : kind >> 4 === 2 ? 'IPv6' : undefined;
  if ((command & 0xf) === 0 || family === undefined) return { version: 2, bytes: 16 + length };
  const source = heard.toString('hex', 16, family === 'IPv4' ? 20 : 32);
  return { version: 2, bytes: 16 + length, client: fromBigInt(BigInt(`0x${source}`), family) };
}

/** As far as there is anything to compare. */
const beginsLike = (heard: Buffer, start: Buffer): boolean => {
  const both = Math.min(heard.length, start.length);
  return heard.subarray(0, both).equals(start.subarray(0, both));
};
