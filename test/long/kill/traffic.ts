import { contains, parseCidr, parseIp } from '../../../src/net/ip.ts';
import type { ServiceView } from '../../../src/model/service-view.ts';
import { ask, type Place, type Reply } from './asking.ts';
import { addressOf, answering, wanted, type Facts, type Traffic } from './facts.ts';

/** What a client has by nature, and what it can take on to be inside of source ranges that leave the former out. */
export interface ClientAddresses {
  readonly usual: string;
  readonly other: string;
}

/** Most requests to one port; whoever has not answered by then does not. */
const mostRequests = 12;

/** Sends real requests to every port that should be served, and to every place of `once` that should not be any more. */
export async function trafficTo(facts: Facts, once: Iterable<Place>, clients: ClientAddresses): Promise<Traffic> {
  const served = await Promise.all(
    wanted(facts).flatMap((service) =>
      service.ports.map(async (port) => {
        const protocol = port.protocol === 'UDP' ? 'UDP' : 'TCP'; // the stories have no SCTP
        const place: Place = { protocol, address: addressOf(service), port: port.port };
        const insider = mayConnect(service, clients.usual) ? clients.usual : clients.other;
        const replies = await repliesOf({ ...place, from: insider }, new Set(answering(service, facts.nodes)));
        // Silence takes a client of UDP long to be sure of; TCP is refused at once.
        const outsider = insider !== clients.usual && protocol === 'TCP' ? await ask({ ...place, from: clients.usual }) : undefined;
        return { service, port, replies, ...(outsider === undefined ? {} : { outsider }) };
      }),
    ),
  );
  const gone = await Promise.all([...once].map(async (place) => ({ place, reply: await ask(place) })));
  return { served, gone };
}

/** Asks until each of these nodes has answered, or something was wrong. */
async function repliesOf(place: Place, nodes: ReadonlySet<string>): Promise<readonly Reply[]> {
  const replies: Reply[] = [];
  const silent = new Set(nodes);
  while (silent.size > 0 && replies.length < mostRequests) {
    const reply = await ask(place);
    replies.push(reply);
    if ('error' in reply) return replies;
    silent.delete(reply.node);
  }
  return replies;
}

function mayConnect({ sourceRanges }: ServiceView, client: string): boolean {
  const address = parseIp(client);
  const ranges = sourceRanges.flatMap((text) => parseCidr(text) ?? []);
  return ranges.length === 0 || (address !== undefined && ranges.some((range) => contains(range, address)));
}
