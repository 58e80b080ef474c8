import { BlockList } from 'node:net';
import { familyOf, type Cidr, type IpAddress } from '../../../src/net/ip.ts';

/** Who may be served: everybody, or only clients of these networks (contract H6). */
export type SourceFilter = (client: IpAddress) => boolean;

export function sourceFilter(ranges: readonly Cidr[]): SourceFilter {
  if (ranges.length === 0) return () => true;
  // Node's list of networks is a list of networks, whatever is done with a hit.
  const allowed = new BlockList();
  for (const range of ranges) {
    const [network = '', bits = ''] = range.split('/');
    allowed.addSubnet(network, Number(bits), typeOf(range));
  }
  return (client) => allowed.check(client, typeOf(client));
}

const typeOf = (address: IpAddress | Cidr): 'ipv4' | 'ipv6' => (familyOf(address) === 'IPv4' ? 'ipv4' : 'ipv6');
