import { listenerParts, cloudId, type ListenerId } from '../../src/model/ids.ts';
import type { Ingress } from '../../src/model/ingress.ts';
import type { ListenerReport, Notice, Report } from '../../src/model/report.ts';
import { isClusterWant, isFrozen, isGone, type Frozen, type LoadBalancerSpec, type Member, type Want } from '../../src/model/spec.ts';
import { addressesOf } from './desired/addresses.ts';
import { isPublished } from './desired/choose.ts';
import { compile } from './desired/compile.ts';
import { servedBy } from './desired/tags.ts';
import { instanceOf, textOf } from './members.ts';
import type { Have, HaveListener, HaveLoadBalancer, HaveTargetGroup, NodeGroups } from './observe/have.ts';
import type { Connection, Settings } from './settings/settings.ts';

/** How the load balancer stands. Pure. */
export function reported(want: Want<Settings>, have: Have, connection: Connection): Report {
  if (isClusterWant(want)) return { ingress: [], listeners: [], notices: unclearNotices(have.nodeGroups) };
  if (isGone(want)) return { ingress: want.leave === 'everything' ? 'unknown' : [], listeners: [], notices: [] };
  return isFrozen(want) ? frozenReport(want, have) : specReport(want, have, connection);
}

function specReport(want: LoadBalancerSpec<Settings>, have: Have, connection: Connection): Report {
  const { loadBalancers, surroundings } = have;
  const compiled = surroundings === undefined ? undefined : compile(want, surroundings, loadBalancers, connection);
  const notices = compiled?.notices ?? [];
  // While a change waits for approval, the one that clients use.
  const used = loadBalancers.find((one) => isPublished(want, one));
  const kept = compiled?.kept;
  // Nobody is sent from one that serves to a successor that does not serve yet.
  const shown =
    kept === undefined || (!isActive(kept) && used !== undefined && used.state !== 'failed') ? (used ?? loadBalancers[0]) : kept;
  if (shown === undefined) return { ingress: [], listeners: want.listeners.map(({ id }) => ({ id, state: 'pending' })), notices };
  return {
    ...membersOf(have.targetGroups),
    ingress: ingressOf(want, shown),
    listeners: want.listeners.map(({ id }) => listenerReport(shown, id)),
    notices: [...notices, ...refusedNotices(want, have.targetGroups), ...healthNotices(have.targetGroups)],
    id: cloudId(shown.arn),
  };
}

/**
 * Two of one owner stand beside each other while an address changes, and one may be known by its name or by addresses: only
 * status knows what is in use.
 */
function frozenReport({ nodePorts, members }: Frozen, { loadBalancers, targetGroups }: Have): Report {
  const [shown, ...more] = loadBalancers;
  const served = targetGroups.flatMap(({ tags }) => servedBy(tags));
  const ids = nodePorts.map(({ id }) => id).filter((id) => served.includes(id));
  if (shown === undefined) return { ingress: [], listeners: ids.map((id) => ({ id, state: 'pending' })), notices: [] };
  return {
    ...membersOf(targetGroups),
    ingress: more.length > 0 || addressesOf(shown).length > 1 ? 'unknown' : [hostnameOf(shown)],
    listeners: ids.map((id) => listenerReport(shown, id)),
    notices: [...refusedNotices({ members }, targetGroups), ...healthNotices(targetGroups)],
    ...(more.length > 0 ? {} : { id: cloudId(shown.arn) }),
  };
}

/**
 * The name, which Amazon resolves to an address per zone; where addresses are asked for, those. Traffic from inside of the
 * cluster goes by the load balancer, too: there source ranges hold, and a PROXY header is sent.
 */
function ingressOf(want: LoadBalancerSpec<Settings>, shown: HaveLoadBalancer): readonly Ingress[] {
  const own = addressesOf(shown);
  const asked = want.addresses.flatMap(({ requested }) => requested?.address ?? []).filter((address) => own.includes(address));
  // An address that clients were told stays what they are told for as long as it is had, also where the wish is another now.
  const told = asked.length > 0 ? asked : want.published.flatMap(({ ip }) => (ip !== undefined && own.includes(ip) ? ip : []));
  return told.length === 0 ? [hostnameOf(shown)] : told.map((ip): Ingress => ({ ip, ipMode: 'Proxy' }));
}

const isActive = ({ state }: HaveLoadBalancer): boolean => state === 'active' || state === 'active_impaired';

/** As the API server takes it. */
const hostnameOf = ({ dnsName }: HaveLoadBalancer): Ingress => ({ hostname: dnsName.toLowerCase() });

function listenerReport(shown: HaveLoadBalancer, id: ListenerId): ListenerReport {
  if (shown.state === 'failed') return { id, state: 'failed', reason: 'CloudUnavailable', text: lostText(shown) };
  const { protocol, port } = listenerParts(id);
  const serves = (listener: HaveListener) => listener.port === port && protocolsOf(listener).includes(protocol);
  // Nobody has asked since the start: it is as the record says.
  if (shown.listeners !== 'unread' && !shown.listeners.some(serves)) return { id, state: 'pending' };
  if (shown.state === 'provisioning') return { id, state: 'pending', text: `Amazon is making the load balancer ${shown.name}` };
  return { id, state: 'serving' };
}

const lostText = ({ name }: HaveLoadBalancer): string =>
  `Amazon could not make the load balancer ${name}; ten minutes after it was begun a successor is planned`;

function protocolsOf({ protocol }: HaveListener): readonly string[] {
  if (protocol === 'TCP_UDP') return ['TCP', 'UDP'];
  return [protocol === 'TLS' ? 'TCP' : protocol];
}

const isMember = ({ state }: { readonly state: string }): boolean => state !== 'draining';

/** Only once Amazon has said of all of them how they are. */
function membersOf(groups: readonly HaveTargetGroup[]): Pick<Report, 'members'> {
  const targets = groups.flatMap((group) => group.targets.filter(isMember));
  if (targets.length === 0 || targets.some(({ state }) => state === 'initial')) return {};
  const instances = new Set(targets.map(({ instanceId }) => instanceId));
  const unhealthy = new Set(targets.filter(({ state }) => state !== 'healthy').map(({ instanceId }) => instanceId));
  return { members: { healthy: instances.size - unhealthy.size, total: instances.size } };
}

function healthNotices(groups: readonly HaveTargetGroup[]): readonly Notice[] {
  const deserted = groups.filter(({ targets }) => {
    const members = targets.filter(isMember);
    return members.length > 0 && members.every(({ state }) => state === 'unhealthy');
  });
  if (deserted.length === 0) return [];
  const text = `no node is healthy for ${deserted.flatMap(({ tags }) => servedBy(tags)).join(', ')}`;
  return [{ reason: 'NoHealthyMember', text, kind: 'health' }];
}

/** Which nodes Amazon does not take, and the listeners that lack them. */
function refusedNotices({ members }: Pick<Frozen, 'members'>, groups: readonly HaveTargetGroup[]): readonly Notice[] {
  const lacking = groups.filter(({ refused }) => refused.leftOut.length > 0);
  const byInstances = Map.groupBy(lacking, ({ refused }) => refused.leftOut.join());
  return [...byInstances.values()].map((some): Notice => {
    const out = members.filter((member) => some[0]?.refused.leftOut.includes(instanceOf(member) ?? ''));
    const why = (member: Member) => `its instance ${instanceOf(member)} runs, and Amazon does not take it`;
    const text = textOf(out.map((member) => ({ node: member.node, why: why(member) })));
    const listeners = some.flatMap(({ tags }) => servedBy(tags)).sort();
    const remedy = 'Replace it by one of a family that can be a target of a network load balancer';
    return { reason: 'MemberNotUsable', text: `left out of ${listeners.join(', ')}: ${text}`, remedy, kind: 'info' };
  });
}

/** How many nodes are named whose security group is not clear: there may be thousands. */
const mostUnclear = 5;

function unclearNotices(groups: NodeGroups | undefined): readonly Notice[] {
  const unclear = groups?.unclear ?? [];
  const texts = unclear.slice(0, mostUnclear).map(({ node, why }) => `${node}: ${why}`);
  if (unclear.length > mostUnclear) texts.push(`and ${unclear.length - mostUnclear} more nodes`);
  return texts.map((text): Notice => ({ reason: 'MemberNotUsable', text, kind: 'info' }));
}
