import type { Clock } from '../../../src/clock.ts';
import { proves, type Owner } from '../../../src/model/owner.ts';
import type { ClusterWant, MemberSet } from '../../../src/model/spec.ts';
import type { Ec2Reads, Ec2SecurityGroup } from '../api/ec2.ts';
import { instanceOf } from '../members.ts';
import type { Connection } from '../settings/settings.ts';
import type { Have, NodeGroups as Observed } from './have.ts';
import type { Instances } from './instances.ts';
import type { Inventory } from './inventory.ts';
import type { Network } from './network.ts';
import { SettledMap } from './settled-map.ts';

/** Which groups an instance is in is changed by people, seldom. */
const groupsOfInstancesAgeMs = 600_000;

export interface NodeGroupParts {
  readonly ec2: Pick<Ec2Reads, 'securityGroups'>;
  readonly clock: Clock;
  readonly settleMs: number;
  readonly inventory: Inventory;
  readonly network: Network;
  readonly instances: Instances;
  readonly connection: Pick<Connection, 'nodeSecurityGroups' | 'clusterName'>;
  /** Of the unit that all load balancers of the provider share. */
  readonly owner: Owner;
}

/** The security groups of the nodes, and the one of the cluster that they let in. For one caller at a time, the unit's pass. */
export class NodeGroups {
  /** The nodes' groups, with their rules. */
  readonly groups: SettledMap<Ec2SecurityGroup>;
  readonly #parts: NodeGroupParts;
  /** Of each instance that was asked for. */
  readonly #groupsOf = new Map<string, { readonly readAt: number; readonly groups: readonly string[] }>();
  #read: { readonly at: number; readonly asked: string } | undefined;

  constructor(parts: NodeGroupParts) {
    this.#parts = parts;
    this.groups = new SettledMap(parts.settleMs, ['ingress']);
  }

  /** The group that nodes let in, as far as it is known. */
  backendGroup(): Ec2SecurityGroup | undefined {
    const { inventory, owner } = this.#parts;
    return inventory.securityGroups.values().find(({ tags }) => proves(tags, owner));
  }

  /** @throws LbError of the reads */
  async observe(want: ClusterWant, maxAgeMs: number, signal: AbortSignal): Promise<Have> {
    const { inventory, network } = this.#parts;
    const none = { loadBalancers: [], targetGroups: [], securityGroups: [], inTheWay: [] };
    await inventory.groups(maxAgeMs);
    // Who has the group matters only before it goes.
    if (!want.used) await inventory.balancing(maxAgeMs);
    const own = inventory.securityGroups.values().filter(({ tags }) => proves(tags, want.owner));
    if (own.length === 0 && network.vpcId === undefined && want.members.length === 0) return none;
    const vpcId = network.vpcId ?? own[0]?.vpcId ?? (await network.vpcOf(want.members));
    const candidates = await this.#candidates(want.members, maxAgeMs, signal);
    const ids = [...new Set([...candidates.values()].flat())].sort();
    await this.#readGroups(vpcId, ids, own[0]?.id, maxAgeMs, signal);
    return { ...none, securityGroups: own, nodeGroups: this.#observed(candidates, own[0]?.id) };
  }

  forget(): void {
    this.#read = undefined;
  }

  /** Of each node that is an instance: the groups one of which is to let load balancers in. */
  async #candidates(members: MemberSet, maxAgeMs: number, signal: AbortSignal): Promise<ReadonlyMap<string, readonly string[]>> {
    const { connection, instances } = this.#parts;
    const nodes = members.flatMap((member) => {
      const id = instanceOf(member);
      return id === undefined ? [] : [{ node: member.node, id }];
    });
    if (connection.nodeSecurityGroups.length > 0) return new Map([['', connection.nodeSecurityGroups]]);
    const now = this.#parts.clock.monotonic();
    const oldest = now - Math.max(maxAgeMs, groupsOfInstancesAgeMs);
    const asked = nodes.map(({ id }) => id).filter((id) => (this.#groupsOf.get(id)?.readAt ?? Number.NEGATIVE_INFINITY) < oldest);
    for (const { id, securityGroups } of await instances.known(asked, signal))
      this.#groupsOf.set(id, { readAt: now, groups: securityGroups });
    const present = new Set(nodes.map(({ id }) => id));
    for (const id of this.#groupsOf.keys()) if (!present.has(id)) this.#groupsOf.delete(id);
    return new Map(nodes.map(({ node, id }) => [node, this.#groupsOf.get(id)?.groups ?? []]));
  }

  async #readGroups(
    vpcId: string,
    ids: readonly string[],
    backend: string | undefined,
    maxAgeMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { ec2, clock } = this.#parts;
    const at = clock.monotonic();
    const asked = [...ids, backend ?? ''].join(' ');
    if (this.#read?.asked === asked && at - this.#read.at <= maxAgeMs) return;
    const [byId, lettingIn] = await Promise.all([
      ids.length === 0 ? [] : ec2.securityGroups(vpcId, { ids }, { signal }),
      backend === undefined ? [] : ec2.securityGroups(vpcId, { lettingIn: backend }, { signal }),
    ]);
    this.groups.list(new Map([...byId, ...lettingIn].map((group) => [group.id, group])), at);
    this.#read = { at, asked };
  }

  #observed(candidates: ReadonlyMap<string, readonly string[]>, backend: string | undefined): Observed {
    const wanted = new Map<string, Ec2SecurityGroup>();
    const unclear: { node: string; why: string }[] = [];
    for (const [node, ids] of candidates) {
      // Said in the configuration: all of them.
      const { chosen, why } = node === '' ? { chosen: ids, why: undefined } : this.#choose(ids);
      for (const group of chosen.flatMap((id) => this.groups.get(id) ?? [])) wanted.set(group.id, group);
      if (why !== undefined) unclear.push({ node, why });
    }
    const letsIn = ({ ingress }: Ec2SecurityGroup) => ingress.some(({ source }) => 'group' in source && source.group === backend);
    return {
      wanted: [...wanted.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
      letIn: backend === undefined ? [] : this.groups.values().filter(letsIn),
      usedBy: this.#parts.inventory.loadBalancers
        .values()
        .filter(({ securityGroups }) => backend !== undefined && securityGroups.includes(backend))
        .map(({ name }) => name),
      unclear,
    };
  }

  /** One is enough: the only one, else the one tagged for the cluster, else the first. */
  #choose(ids: readonly string[]): { readonly chosen: readonly string[]; readonly why?: string } {
    const [first, ...more] = [...ids].sort();
    if (first === undefined) return { chosen: [], why: 'EC2 does not know its instance' };
    if (more.length === 0) return { chosen: [first] };
    const { clusterName } = this.#parts.connection;
    const tag = `kubernetes.io/cluster/${clusterName ?? ''}`;
    const tagged = ids.filter((id) => clusterName !== undefined && tag in (this.groups.get(id)?.tags ?? {})).sort();
    const [chosen = first, ...others] = tagged;
    if (tagged.length > 0 && others.length === 0) return { chosen: [chosen] };
    const unsaid =
      clusterName === undefined ? 'connection.clusterName does not say whose tag counts' : `not exactly one has the tag ${tag}`;
    return { chosen: [chosen], why: `of its security groups ${[...ids].sort().join(', ')}, ${unsaid}: ${chosen} is taken` };
  }
}
