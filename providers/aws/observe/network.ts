import type { Clock } from '../../../src/clock.ts';
import { LbError } from '../../../src/errors.ts';
import type { MemberSet } from '../../../src/model/spec.ts';
import type { Ec2Address, Ec2Reads, Ec2RouteTable, Ec2SecurityGroup, Ec2Subnet } from '../api/ec2.ts';
import { roleTags } from '../desired/subnets.ts';
import { instancesOf } from '../members.ts';
import { JoinedRead } from './joined-read.ts';

/** Subnets and routes are changed by people, seldom. */
const networkAgeMs = 600_000;
/** What a Service names and is not there, or is not free, is looked for again, also where memory would do. */
const namedAgeMs = 60_000;
/** No Service names it any more. */
const keptForMs = 86_400_000;
/** So many nodes are asked for the VPC: one that is known is enough. */
const askedForVpc = 20;

export type NetworkReads = Pick<Ec2Reads, 'subnets' | 'routeTables' | 'addresses' | 'securityGroups' | 'instances'>;

export interface NamedThings {
  readonly publicIps: readonly string[];
  readonly allocationIds: readonly string[];
  readonly groupIds: readonly string[];
  readonly groupNames: readonly string[];
}

/** The network that load balancers stand in: subnets, routes, and what Services name of it. */
export class Network {
  readonly #ec2: NetworkReads;
  readonly #clock: Clock;
  /** Ends with the provider: a read that many wait for is not one caller's to end. */
  readonly #signal: AbortSignal;
  readonly #subnets: JoinedRead;
  readonly #routes: JoinedRead;
  readonly #named = new Map<string, { readonly readAt: number; readonly found: Named }>();
  #vpcId: string | undefined;
  #known: { subnets: readonly Ec2Subnet[]; routeTables: readonly Ec2RouteTable[] } = { subnets: [], routeTables: [] };

  constructor(ec2: NetworkReads, clock: Clock, vpcId: string | undefined, signal: AbortSignal) {
    this.#ec2 = ec2;
    this.#clock = clock;
    this.#signal = signal;
    this.#vpcId = vpcId;
    this.#subnets = new JoinedRead(clock, async () => {
      this.#known = { ...this.#known, subnets: await ec2.subnets(this.#vpc(), { signal }) };
    });
    this.#routes = new JoinedRead(clock, async () => {
      this.#known = { ...this.#known, routeTables: await ec2.routeTables(this.#vpc(), { signal }) };
    });
  }

  get vpcId(): string | undefined {
    return this.#vpcId;
  }

  /**
   * The VPC of the connection, else that of the first nodes.
   * @throws LbError `NotFound` where no node's instance is known
   */
  async vpcOf(members: MemberSet): Promise<string> {
    if (this.#vpcId !== undefined) return this.#vpcId;
    const ids = instancesOf(members, []).ids.slice(0, askedForVpc);
    const [instance] = ids.length === 0 ? [] : await this.#ec2.instances(ids, { signal: this.#signal });
    if (instance === undefined) {
      const remedy = 'Set connection.vpcId, or wait until a node has its provider id.';
      throw new LbError('NotFound', 'the VPC is not known: it is that of the nodes, and no node is a known instance', {
        remedy,
        verdict: 'retry',
      });
    }
    this.#vpcId = instance.vpcId;
    return this.#vpcId;
  }

  /** All of the VPC; routes only where the tags of the subnets do not say which are public and which are not. @throws LbError */
  async around(): Promise<{ readonly subnets: readonly Ec2Subnet[]; readonly routeTables: readonly Ec2RouteTable[] }> {
    await this.#subnets.atMost(networkAgeMs);
    const { subnets } = this.#known;
    const areTagged = Object.values(roleTags).every((role) => subnets.some(({ tags }) => role in tags));
    if (areTagged) return { subnets, routeTables: [] };
    await this.#routes.atMost(networkAgeMs);
    return this.#known;
  }

  /** What is there of what a Service names. @throws LbError */
  async named(things: NamedThings, maxAgeMs: number): Promise<Named> {
    const { publicIps, allocationIds, groupIds, groupNames } = things;
    if ([publicIps, allocationIds, groupIds, groupNames].every((list) => list.length === 0)) return { addresses: [], groups: [] };
    const key = JSON.stringify(things);
    const known = this.#named.get(key);
    const now = this.#clock.monotonic();
    if (known !== undefined && now - known.readAt <= (isWhole(things, known.found) ? maxAgeMs : Math.min(maxAgeMs, namedAgeMs)))
      return known.found;
    const options = { signal: this.#signal };
    const [addresses, byId, byName] = await Promise.all([
      publicIps.length + allocationIds.length === 0 ? [] : this.#ec2.addresses(publicIps, allocationIds, options),
      groupIds.length === 0 ? [] : this.#ec2.securityGroups(this.#vpc(), { ids: groupIds }, options),
      groupNames.length === 0 ? [] : this.#ec2.securityGroups(this.#vpc(), { nameTags: groupNames }, options),
    ]);
    const found = { addresses, groups: [...byId, ...byName] };
    for (const [old, { readAt }] of this.#named) if (now - readAt > keptForMs) this.#named.delete(old);
    this.#named.set(key, { readAt: now, found });
    return found;
  }

  /** A write met something that is not as it is known here. */
  forget(): void {
    this.#subnets.forget();
    this.#routes.forget();
    this.#named.clear();
  }

  #vpc(): string {
    if (this.#vpcId === undefined) throw new LbError('InternalError', 'the network was asked for before its VPC');
    return this.#vpcId;
  }
}

/** All that is named is there, and no address is bound. */
function isWhole({ publicIps, allocationIds, groupIds, groupNames }: NamedThings, { addresses, groups }: Named): boolean {
  return (
    publicIps.every((ip) => addresses.some(({ publicIp }) => publicIp === ip)) &&
    allocationIds.every((id) => addresses.some(({ allocationId }) => allocationId === id)) &&
    groupIds.every((id) => groups.some((group) => group.id === id)) &&
    groupNames.every((name) => groups.some(({ tags }) => tags['Name'] === name)) &&
    addresses.every(({ associationId }) => associationId === undefined)
  );
}

export interface Named {
  readonly addresses: readonly Ec2Address[];
  readonly groups: readonly Ec2SecurityGroup[];
}
