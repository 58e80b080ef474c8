import { conditionTypes } from '../../model/condition.ts';
import { addressOfIngress } from '../../model/ingress.ts';
import type { ServicePortView, ServiceView } from '../../model/service-view.ts';
import { listenerId, type ListenerId } from '../../model/ids.ts';
import { contains, parseIp, type Cidr } from '../../net/ip.ts';
import { reasons } from '../../reasons.ts';
import { conditionOf } from './narrate.ts';
import type { Target } from './traffic.ts';
import { notAnsweredBy, place, stillAnswered } from './who-answers.ts';
import type { World } from './world.ts';

/** The annotation that chooses the nodes with an endpoint. */
const endpointsAnnotation = 'demo.portolan.dev/endpoints';

export const addressOf = (service: ServiceView | undefined): string | undefined => service?.ingress.map(addressOfIngress)[0];

/** The load balancers there are: one line of work each. */
export const balanced = (world: World): readonly ServiceView[] =>
  world.services.all().filter((service) => service.type === 'LoadBalancer' && !service.deleting);

/** Has an address of the network, and every port is served, or says why it cannot be. */
export async function expectServed(world: World, namespace: string, name: string, network: Cidr): Promise<boolean> {
  const unserved = unservedOf(world, world.services.get(namespace, name)).map(idOf);
  const outlook = unserved.length === 0 ? 'is served' : `says what it takes to serve ${unserved.join(', ')}`;
  return world.checklist.expect(`${namespace}/${name} has an address of ${network} and ${outlook}`, () => {
    const service = world.services.get(namespace, name);
    if (service === undefined) return 'the Service is not there';
    const address = parseIp(addressOf(service) ?? '');
    if (address === undefined) return `it has no address; ${standing(service)}`;
    if (!contains(network, address)) return `it has ${address}`;
    if (unserved.length > 0) return notExplained(world, service);
    return conditionOf(service, conditionTypes.programmed)?.status === 'True' ? undefined : standing(service);
  });
}

/** A request for something that cannot be had: refused, with the cause and the remedy. */
export async function expectRefused(world: World, namespace: string, name: string, field: string): Promise<boolean> {
  return world.checklist.expect(`${namespace}/${name} is refused: its ${field} lies in no range`, () => {
    const service = world.services.get(namespace, name);
    const accepted = conditionOf(service, conditionTypes.accepted);
    if (service === undefined || accepted?.status !== 'False')
      return service === undefined ? 'the Service is not there' : standing(service);
    if (accepted.reason !== 'AddressOutOfRange') return `the reason is ${accepted.reason}: ${accepted.message}`;
    if (service.ingress.length > 0) return `it has ${addressOf(service)}`;
    return accepted.message.includes(field) && accepted.message.includes('Ask for') ? undefined : `it only says: ${accepted.message}`;
  });
}

/** Every port that may be served is answered by every node that should, and by no other. */
export async function expectAnswers(world: World, service: ServiceView): Promise<boolean> {
  const nodes = answeringNodes(world, service);
  let good = true;
  for (const port of service.ports) {
    if (world.unserved.has(idOf(port))) continue;
    const target = targetOf(service, port);
    const title = `${target.to} ${place(target)} is answered by ${[...nodes].sort().join(', ')}`;
    good = (await world.checklist.expect(title, () => answersNow(world, service, port, nodes))) && good;
  }
  return good;
}

/** Nobody answers there any more. */
export const expectSilence = (world: World, target: Target): Promise<boolean> =>
  world.checklist.expect(`${target.to} ${place(target)} is no longer answered`, () => stillAnswered(world, target));

/** Which nodes the load balancer should reach: all, or under Local those with an endpoint. */
export function answeringNodes(world: World, service: ServiceView): ReadonlySet<string> {
  const chosen = service.annotations[endpointsAnnotation]?.split(',').map((node) => node.trim());
  if (service.externalTrafficPolicy === 'Cluster' || chosen === undefined) return new Set(world.nodes);
  return new Set(chosen.filter((node) => world.nodes.has(node)));
}

export function targetOf(service: ServiceView, port: ServicePortView): Target {
  const protocol = port.protocol === 'UDP' ? 'UDP' : 'TCP'; // the demo has no SCTP
  return { to: service.key, address: addressOf(service) ?? '', port: port.port, protocol };
}

/** Node ports may change hands while it is looked: the Service is read anew each time. */
function answersNow(world: World, { namespace, name }: ServiceView, { port, protocol }: ServicePortView, nodes: ReadonlySet<string>) {
  const service = world.services.get(namespace, name);
  const now = service?.ports.find((candidate) => candidate.port === port && candidate.protocol === protocol);
  if (service === undefined || now === undefined || addressOf(service) === undefined) return 'the Service has no such port or no address';
  return notAnsweredBy(world, targetOf(service, now), nodes, now.nodePort);
}

/** What is missing of a Service that says, per port, why it is not served and what would help. */
function notExplained(world: World, service: ServiceView): string | undefined {
  const condition = conditionOf(service, conditionTypes.portsError);
  if (condition?.status !== 'True') return `not every port can be served here, but it does not say so; ${standing(service)}`;
  for (const port of unservedOf(world, service)) {
    const reason = world.unserved.get(idOf(port));
    const remedy = reason === undefined ? undefined : reasons[reason].remedy;
    if (remedy === undefined || !condition.message.includes(remedy)) return `the remedy for ${idOf(port)} is missing: ${condition.message}`;
    const statuses = service.ingress.flatMap((entry) => entry.ports ?? []);
    if (!statuses.some((status) => idOf(status) === idOf(port) && status.error !== undefined))
      return `status names no error for ${idOf(port)}`;
  }
  return undefined;
}

const unservedOf = (world: World, service: ServiceView | undefined): readonly ServicePortView[] =>
  service?.ports.filter((port) => world.unserved.has(idOf(port))) ?? [];

const idOf = ({ protocol, port }: Pick<ServicePortView, 'protocol' | 'port'>): ListenerId => listenerId(protocol, port);

/** What the Service says of itself, in one line. */
function standing(service: ServiceView): string {
  const said = [conditionTypes.accepted, conditionTypes.programmed].map((type) => conditionOf(service, type));
  const bad = said.find((condition) => condition?.status === 'False');
  return bad === undefined ? 'it says nothing of why' : `it says ${bad.reason}: ${bad.message}`;
}
