import type { Ec2RouteTable, Ec2Subnet } from '../api/ec2.ts';
import type { ElbScheme, IpAddressType } from '../api/elb.ts';
import { refuseSetting, type Findings } from './findings.ts';

export interface SubnetsAsked {
  readonly scheme: ElbScheme;
  readonly ipAddressType: IpAddressType;
  /** Ids or Name tags, in the user's order; empty: found. */
  readonly wanted: readonly string[];
  /** In `kubernetes.io/cluster/<name>` tags; absent: such tags are not looked at. */
  readonly clusterName?: string;
  /** Those of the load balancer as it stands, where it is not to be replaced: they stay, whatever became of their tags. */
  readonly current: readonly string[];
}

export interface ChosenSubnets {
  /** One per zone: by id, or in the user's order. */
  readonly chosen: readonly Ec2Subnet[];
  /** By id. */
  readonly refused: readonly RefusedSubnet[];
}
export interface RefusedSubnet {
  readonly id: string;
  readonly why: string;
}

/** Amazon takes no subnet with fewer. */
const neededAddresses = 8;
const clusterTag = 'kubernetes.io/cluster/';
export const roleTags = { 'internet-facing': 'kubernetes.io/role/elb', internal: 'kubernetes.io/role/internal-elb' } as const;
const regular = 'availability-zone';

/**
 * The subnets of the VPC that a load balancer is to have, one per zone, and why not the others: those the user lists; else
 * those with the role tag of the scheme; else those that can, or cannot, reach the internet. None left is a refusal.
 */
export function chooseSubnets(
  subnets: readonly Ec2Subnet[],
  routeTables: readonly Ec2RouteTable[],
  asked: SubnetsAsked,
  findings: Findings,
): ChosenSubnets {
  const byId = subnets.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  if (asked.wanted.length > 0) return { chosen: listed(byId, asked, findings), refused: [] };
  const choice = discovered(byId, routeTables, asked);
  for (const subnet of choice.chosen) {
    const unfit = whyUnfit(subnet, asked);
    if (unfit !== undefined) refuseSetting(findings, 'ipAddressType', `${subnet.id}, which the load balancer has: ${unfit}`);
  }
  if (choice.chosen.length === 0)
    refuseSetting(findings, 'subnets', noneText(choice.refused, asked.scheme), { remedy: noneRemedy(asked, findings) });
  return choice;
}

function listed(byId: readonly Ec2Subnet[], asked: SubnetsAsked, findings: Findings): readonly Ec2Subnet[] {
  const chosen: Ec2Subnet[] = [];
  const refuse = (text: string): void => refuseSetting(findings, 'subnets', text);
  for (const entry of asked.wanted) {
    const subnet = entry.startsWith('subnet-') ? byId.find(({ id }) => id === entry) : named(byId, entry, chosen);
    if (subnet === undefined) {
      refuse(
        `${JSON.stringify(entry)} is no ${chosen.some(({ tags }) => tags['Name'] === entry) ? 'further ' : ''}subnet of the VPC, by id or by Name tag`,
      );
      continue;
    }
    const [first = subnet] = chosen;
    const neighbour = chosen.find(({ zone }) => zone === subnet.zone);
    const unfit = whyUnfit(subnet, asked);
    if (neighbour?.id === subnet.id) refuse(`${subnet.id} is listed twice`);
    else if (neighbour !== undefined)
      refuse(`${neighbour.id} and ${subnet.id} are both in ${subnet.zone}, and a load balancer has one subnet per zone`);
    else if (kindOf(subnet) !== kindOf(first))
      refuse(`${first.id} is in a zone of kind ${kindOf(first)} and ${subnet.id} in one of kind ${kindOf(subnet)}`);
    else if (unfit !== undefined) refuse(`${subnet.id}: ${unfit}`);
    chosen.push(subnet);
  }
  return chosen;
}

/** The first by id with this Name tag that no entry before has taken: a name listed twice means two subnets. */
const named = (byId: readonly Ec2Subnet[], name: string, taken: readonly Ec2Subnet[]): Ec2Subnet | undefined =>
  byId.find((subnet) => subnet.tags['Name'] === name && !taken.includes(subnet));

function discovered(byId: readonly Ec2Subnet[], routeTables: readonly Ec2RouteTable[], asked: SubnetsAsked): ChosenSubnets {
  const refused: RefusedSubnet[] = [];
  let left: readonly Ec2Subnet[] = byId;
  // What is there already stays: taking a subnet away would break the connections through it.
  const keep = (why: (subnet: Ec2Subnet) => string | undefined): void => {
    left = left.filter((subnet) => {
      const text = isCurrent(subnet, asked) ? undefined : why(subnet);
      if (text !== undefined) refused.push({ id: subnet.id, why: text });
      return text === undefined;
    });
  };
  keep((subnet) => whyOthersCluster(subnet, asked));
  keep(whyOtherRole(left, routeTables, asked));
  keep((subnet) => whyUnfit(subnet, asked));
  const kind = kindToUse(left, asked);
  keep((subnet) =>
    kindOf(subnet) === kind ? undefined : `its zone ${subnet.zone} is of kind ${kindOf(subnet)}, others are of kind ${kind}`,
  );
  const best = bestPerZone(left, asked);
  keep(({ id, zone }) => (best.get(zone)?.id === id ? undefined : `${zone} is served by ${best.get(zone)?.id ?? ''}`));
  return { chosen: left, refused: refused.sort((a, b) => (a.id < b.id ? -1 : 1)) };
}

function whyOthersCluster({ tags }: Ec2Subnet, { clusterName }: SubnetsAsked): string | undefined {
  if (clusterName === undefined || `${clusterTag}${clusterName}` in tags) return undefined;
  const other = Object.keys(tags).find((key) => key.startsWith(clusterTag));
  return other === undefined ? undefined : `it is tagged for another cluster, ${other.slice(clusterTag.length)}`;
}

/** Tags of the role decide where there are any; else the way to the internet. */
function whyOtherRole(
  subnets: readonly Ec2Subnet[],
  routeTables: readonly Ec2RouteTable[],
  { scheme }: SubnetsAsked,
): (subnet: Ec2Subnet) => string | undefined {
  const role = roleTags[scheme];
  const hasRole = ({ tags }: Ec2Subnet): boolean => tags[role] === '1' || tags[role] === '';
  if (subnets.some(hasRole)) return (subnet) => (hasRole(subnet) ? undefined : `it does not have the tag ${role}, which others have`);
  return (subnet) => {
    const reaches = routeTableOf(subnet, routeTables)?.reachesInternet === true;
    if (reaches === (scheme === 'internet-facing')) return undefined;
    return reaches ? 'it has a route to an internet gateway, so it is public' : 'it has no route to an internet gateway, so it is private';
  };
}

const routeTableOf = ({ id }: Ec2Subnet, routeTables: readonly Ec2RouteTable[]): Ec2RouteTable | undefined =>
  routeTables.find(({ subnetIds }) => subnetIds.includes(id)) ?? routeTables.find(({ isMain }) => isMain);

/** What Amazon would not take. A load balancer's own addresses count as taken, so what it has is not counted again. */
function whyUnfit(subnet: Ec2Subnet, asked: SubnetsAsked): string | undefined {
  if (asked.ipAddressType === 'dualstack' && subnet.ipv6Cidrs.length === 0)
    return 'it has no IPv6 network, which a dual-stack load balancer needs';
  if (subnet.freeAddresses >= neededAddresses || isCurrent(subnet, asked)) return undefined;
  return `it has ${subnet.freeAddresses} free addresses, and ${neededAddresses} are needed`;
}

/** All zones of a load balancer are of one kind: that of what it has, else the regular one where there is any. */
function kindToUse(subnets: readonly Ec2Subnet[], asked: SubnetsAsked): string {
  const current = subnets.find((subnet) => isCurrent(subnet, asked));
  if (current !== undefined) return kindOf(current);
  const kinds = subnets.map(kindOf).sort();
  return kinds.includes(regular) ? regular : (kinds[0] ?? regular);
}

/** What is there first, then what is tagged for this cluster, then the lowest id. */
function bestPerZone(byId: readonly Ec2Subnet[], asked: SubnetsAsked): ReadonlyMap<string, Ec2Subnet> {
  const rank = (subnet: Ec2Subnet): number => {
    if (isCurrent(subnet, asked)) return 0;
    return asked.clusterName !== undefined && `${clusterTag}${asked.clusterName}` in subnet.tags ? 1 : 2;
  };
  const best = new Map<string, Ec2Subnet>();
  for (const subnet of byId) {
    const other = best.get(subnet.zone);
    if (other === undefined || rank(subnet) < rank(other)) best.set(subnet.zone, subnet);
  }
  return best;
}

const isCurrent = ({ id }: Ec2Subnet, { current }: SubnetsAsked): boolean => current.includes(id);
const kindOf = ({ zoneKind }: Ec2Subnet): string => zoneKind ?? regular;

const shown = 10;

function noneText(refused: readonly RefusedSubnet[], scheme: ElbScheme): string {
  const each = refused.slice(0, shown).map(({ id, why }) => `${id}: ${why}`);
  const more = refused.length > shown ? [`and ${refused.length - shown} more`] : [];
  const reasons = refused.length === 0 ? 'it has none' : [...each, ...more].join('; ');
  return `no subnet of the VPC can have an ${scheme} load balancer: ${reasons}`;
}

const noneRemedy = ({ scheme }: SubnetsAsked, { fieldOf }: Findings): string =>
  `Tag one subnet per zone ${roleTags[scheme]}=1, or list them in ${fieldOf('subnets')}`;
