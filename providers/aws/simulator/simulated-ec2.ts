import type { Marks } from '../../../src/model/owner.ts';
import type {
  Ec2Address,
  Ec2Api,
  Ec2Instance,
  Ec2RouteTable,
  Ec2Rule,
  Ec2SecurityGroup,
  Ec2Subnet,
  NewSecurityGroup,
  SecurityGroupFilter,
} from '../api/ec2.ts';
import type { CallOptions } from '../api/elb.ts';
import { ec2Operations, securityGroupRules } from '../api/operations.ts';
import { refused } from './amazon-error.ts';
import type { AmazonState } from './amazon-state.ts';
import type { Door } from './door.ts';
import { authorize, createGroup, deleteGroup, listGroups, revoke } from './security-groups.ts';
import { addTags, removeTags } from './tag-store.ts';

/** EC2 in memory, as strict as Amazon's. */
export class SimulatedEc2 implements Ec2Api {
  readonly #door: Door;

  constructor(door: Door) {
    this.#door = door;
  }

  subnets(vpcId: string, options: CallOptions): Promise<readonly Ec2Subnet[]> {
    return this.#door.call(ec2Operations.subnets, options, vpcId, (state, vpc) =>
      [...state.subnets.values()].filter((subnet) => subnet.vpcId === vpc).map((subnet) => shownSubnet(state, subnet)),
    );
  }

  routeTables(vpcId: string, options: CallOptions): Promise<readonly Ec2RouteTable[]> {
    return this.#door.call(ec2Operations.routeTables, options, vpcId, (state, vpc) =>
      state.routeTables
        .filter((table) => table.vpcId === vpc)
        .map(({ id, isMain, subnetIds, reachesInternet }) => ({ id, isMain, subnetIds, reachesInternet })),
    );
  }

  async securityGroups(vpcId: string | undefined, filter: SecurityGroupFilter, options: CallOptions): Promise<readonly Ec2SecurityGroup[]> {
    const groups = await this.#door.call(ec2Operations.securityGroups, options, { vpcId, filter }, (state, asked) =>
      listGroups(state, asked.vpcId, asked.filter),
    );
    // EC2 tells the ids of rules by another action.
    if (groups.some(({ ingress }) => ingress.length > 0)) await this.#door.further(securityGroupRules, options);
    return groups;
  }

  addresses(publicIps: readonly string[], allocationIds: readonly string[], options: CallOptions): Promise<readonly Ec2Address[]> {
    return this.#door.call(ec2Operations.addresses, options, { publicIps, allocationIds }, (state, asked) =>
      [...state.addresses.values()]
        .filter((address) => asked.publicIps.includes(address.publicIp) || asked.allocationIds.includes(address.allocationId))
        .map((address) => shownAddress(state, address)),
    );
  }

  instances(ids: readonly string[], options: CallOptions): Promise<readonly Ec2Instance[]> {
    return this.#door.call(ec2Operations.instances, options, ids, (state, asked) =>
      asked
        .flatMap((id) => state.instances.get(id) ?? [])
        .map(({ id, state: now, vpcId, securityGroups }) => ({ id, state: now, vpcId, securityGroups })),
    );
  }

  createSecurityGroup(of: NewSecurityGroup, options: CallOptions): Promise<Ec2SecurityGroup> {
    return this.#door.call(ec2Operations.createSecurityGroup, options, of, createGroup);
  }

  deleteSecurityGroup(id: string, options: CallOptions): Promise<void> {
    return this.#door.call(ec2Operations.deleteSecurityGroup, options, id, deleteGroup);
  }

  authorizeIngress(id: string, rules: readonly Ec2Rule[], tags: Marks, options: CallOptions): Promise<readonly Ec2Rule[]> {
    return this.#door.call(ec2Operations.authorizeIngress, options, { rules, tags }, (state, asked) =>
      authorize(state, id, asked.rules, asked.tags),
    );
  }

  revokeIngress(id: string, ruleIds: readonly string[], options: CallOptions): Promise<void> {
    return this.#door.call(ec2Operations.revokeIngress, options, ruleIds, (state, asked) => revoke(state, id, asked));
  }

  addTags(ids: readonly string[], tags: Marks, options: CallOptions): Promise<void> {
    return this.#door.call(ec2Operations.addTags, options, { ids, tags }, (state, asked) =>
      addTags(state, asked.ids, asked.tags, 'ec2', notThere),
    );
  }

  removeTags(ids: readonly string[], keys: readonly string[], options: CallOptions): Promise<void> {
    return this.#door.call(ec2Operations.removeTags, options, { ids, keys }, (state, asked) =>
      removeTags(state, asked.ids, asked.keys, notThere),
    );
  }
}

const notThere = (id: string): Error => refused('InvalidID', `no ${id}`);

/** Each interface takes an address of its subnet. */
function shownSubnet(state: AmazonState, subnet: Ec2Subnet): Ec2Subnet {
  const taken = [...state.interfaces.values()].filter(({ subnetId }) => subnetId === subnet.id).length;
  return { ...subnet, freeAddresses: Math.max(subnet.freeAddresses - taken, 0), tags: state.tags.get(subnet.id) ?? {} };
}

function shownAddress(state: AmazonState, address: Ec2Address): Ec2Address {
  const tags = state.tags.get(address.allocationId) ?? {};
  const holder = [...state.interfaces.values()].find(({ allocationId }) => allocationId === address.allocationId);
  if (holder === undefined) return { ...address, tags };
  return { ...address, tags, associationId: holder.id.replace('eni', 'eipassoc'), networkInterfaceId: holder.id };
}
