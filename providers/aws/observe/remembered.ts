import type { Clock } from '../../../src/clock.ts';
import { ownerOfMarks, type Marks } from '../../../src/model/owner.ts';
import type { Ec2Rule, Ec2SecurityGroup } from '../api/ec2.ts';
import type { Arn, Attributes, ElbListener, ElbLoadBalancer, ElbTarget, ElbTargetGroup, NewListener, SubnetMapping } from '../api/elb.ts';
import type { Details } from './details.ts';
import { attributeMap, keyOfTarget, type Attribute, type Memory } from './memory.ts';
import type { NodeGroups } from './node-groups.ts';

/** What a change that succeeded does to what is known: one method for each thing that a change can have done. */
export class Remembered {
  readonly #memory: Memory;
  readonly #nodeGroups: NodeGroups;
  readonly #clock: Clock;

  constructor(memory: Memory, nodeGroups: NodeGroups, clock: Clock) {
    this.#memory = memory;
    this.#nodeGroups = nodeGroups;
    this.#clock = clock;
  }

  balancerMade(made: ElbLoadBalancer, tags: Marks): void {
    const { inventory, listeners, loadBalancerAttributes } = this.#memory;
    inventory.tagged(made.arn, tags);
    inventory.loadBalancers.made(made.arn, made, this.#now);
    listeners.born(made.arn);
    loadBalancerAttributes.born(made.arn);
  }

  balancerChanged(arn: Arn, fields: Partial<ElbLoadBalancer>): undefined {
    this.#memory.inventory.loadBalancers.changed(arn, fields, this.#now);
  }

  /** As Amazon answered. Where the answer does not show an address that was asked for, zones are read. */
  zonesChanged(arn: Arn, asked: readonly SubnetMapping[], now: Pick<ElbLoadBalancer, 'zones' | 'ipAddressType'>): undefined {
    const shown = now.zones.filter(({ ipv4, privateIpv4 }) => (ipv4 ?? privateIpv4) !== undefined).map(({ subnetId }) => subnetId);
    const isStatic = ({ allocationId, privateIpv4 }: SubnetMapping): boolean => (allocationId ?? privateIpv4) !== undefined;
    if (asked.every((one) => !isStatic(one) || shown.includes(one.subnetId))) return this.balancerChanged(arn, now);
    this.balancerChanged(arn, { ipAddressType: now.ipAddressType });
    this.#memory.inventory.forget();
  }

  balancerGone(arn: Arn): undefined {
    const { inventory, listeners, loadBalancerAttributes } = this.#memory;
    inventory.loadBalancers.removed(arn, this.#now);
    const known = listeners.of(arn);
    if (known !== 'unread') for (const listener of known) this.#listenerGone(listener.arn);
    listeners.gone(arn);
    loadBalancerAttributes.gone(arn);
    const owner = ownerOfMarks(inventory.tagsOf(arn));
    if (owner !== undefined) this.#memory.apart.begun(owner.key);
  }

  targetGroupMade(made: ElbTargetGroup, tags: Marks): void {
    const { inventory, targets, targetGroupAttributes } = this.#memory;
    inventory.tagged(made.arn, tags);
    inventory.targetGroups.made(made.arn, made, this.#now);
    targets.born(made.arn);
    targetGroupAttributes.born(made.arn);
  }

  targetGroupChanged(arn: Arn, fields: Partial<ElbTargetGroup>): undefined {
    this.#memory.inventory.targetGroups.changed(arn, fields, this.#now);
  }

  targetGroupGone(arn: Arn): undefined {
    const { inventory, targets, targetGroupAttributes, refused } = this.#memory;
    inventory.targetGroups.removed(arn, this.#now);
    refused.gone(arn);
    targets.gone(arn);
    targetGroupAttributes.gone(arn);
  }

  registered(arn: Arn, targets: readonly ElbTarget[]): undefined {
    this.#memory.refused.taken(arn, instancesIn(targets));
    this.#memory.targets.made(
      arn,
      targets.map((target) => [keyOfTarget(target), { ...target, state: 'initial' }]),
    );
  }

  /** Amazon takes all of them or none. */
  notRegistered(arn: Arn, targets: readonly ElbTarget[]): undefined {
    this.#memory.refused.refused(arn, instancesIn(targets));
  }

  deregistered(arn: Arn, targets: readonly ElbTarget[]): undefined {
    this.#memory.targets.removed(arn, targets.map(keyOfTarget));
  }

  listenerMade(loadBalancer: Arn, made: ElbListener): void {
    const { listeners, certificates, listenerAttributes } = this.#memory;
    listeners.made(loadBalancer, [[made.arn, made]]);
    certificates.born(made.arn);
    listenerAttributes.born(made.arn);
  }

  listenerChanged(loadBalancer: Arn, arn: Arn, { targetGroup, ...fields }: Partial<Omit<NewListener, 'loadBalancer' | 'tags'>>): undefined {
    const change = { ...fields, ...(targetGroup === undefined ? {} : { targetGroups: [targetGroup] }) };
    this.#memory.listeners.changed(loadBalancer, arn, change);
    if (fields.protocol === undefined) return;
    // What only one protocol has, goes with it.
    this.#memory.certificates.born(arn);
    this.#memory.listenerAttributes.doubted(arn);
  }

  listenerGone(loadBalancer: Arn, arn: Arn): undefined {
    this.#memory.listeners.removed(loadBalancer, [arn]);
    this.#listenerGone(arn);
  }

  certificatesAdded(listener: Arn, arns: readonly Arn[]): undefined {
    this.#memory.certificates.made(
      listener,
      arns.map((arn) => [arn, { arn }]),
    );
  }

  certificatesGone(listener: Arn, arns: readonly Arn[]): undefined {
    this.#memory.certificates.removed(listener, arns);
  }

  attributesSet(of: Details<Attribute>, arn: Arn, attributes: Attributes): undefined {
    of.made(arn, attributeMap(attributes));
  }

  groupMade(made: Ec2SecurityGroup): void {
    this.#memory.inventory.securityGroups.made(made.id, made, this.#now);
  }

  groupGone(id: string): undefined {
    this.#memory.inventory.securityGroups.removed(id, this.#now);
  }

  /** Something has it still: a security group or a target group. False where that is no load balancer that is taken apart. */
  isHeldApart(id: string): boolean {
    const { inventory, apart } = this.#memory;
    const owner = ownerOfMarks(inventory.securityGroups.get(id)?.tags ?? inventory.tagsOf(id));
    return owner !== undefined && apart.isStill(owner.key);
  }

  rulesMade(id: string, rules: readonly Ec2Rule[]): undefined {
    this.#rulesOf(id, (before) => [...before, ...rules]);
  }

  rulesGone(id: string, ids: readonly string[]): undefined {
    this.#rulesOf(id, (before) => before.filter((rule) => rule.id === undefined || !ids.includes(rule.id)));
  }

  tagged(ids: readonly string[], set: Marks, gone: readonly string[]): undefined {
    const { inventory } = this.#memory;
    const after = (tags: Marks): Marks => Object.fromEntries(Object.entries({ ...tags, ...set }).filter(([key]) => !gone.includes(key)));
    for (const id of ids) {
      const group = inventory.securityGroups.get(id);
      if (group === undefined) inventory.tagged(id, after(inventory.tagsOf(id)));
      else inventory.securityGroups.changed(id, { tags: after(group.tags) }, this.#now);
    }
  }

  #listenerGone(arn: Arn): void {
    this.#memory.certificates.gone(arn);
    this.#memory.listenerAttributes.gone(arn);
  }

  /** Of a group of ours, or of one of the nodes'. */
  #rulesOf(id: string, change: (before: readonly Ec2Rule[]) => readonly Ec2Rule[]): void {
    for (const groups of [this.#memory.inventory.securityGroups, this.#nodeGroups.groups]) {
      const group = groups.get(id);
      if (group !== undefined) groups.changed(id, { ingress: change(group.ingress) }, this.#now);
    }
  }

  get #now(): number {
    return this.#clock.monotonic();
  }
}

const instancesIn = (targets: readonly ElbTarget[]): readonly string[] => [...new Set(targets.map(({ instanceId }) => instanceId))];
