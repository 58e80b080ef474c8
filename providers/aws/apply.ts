import type { Clock } from '../../src/clock.ts';
import { asLbError, isEnding, LbError } from '../../src/errors.ts';
import { clusterMark, keyMark, type Marks } from '../../src/model/owner.ts';
import type { FromStep, Step } from '../../src/model/plan.ts';
import type { CallContext, StepOutcome } from '../../src/provider.ts';
import type { Ec2Api, Ec2Rule } from './api/ec2.ts';
import type { CallOptions, ElbApi, ElbLoadBalancer, ElbTarget } from './api/elb.ts';
import { isMadeName } from './names.ts';
import { newSecurityGroup } from './new-security-group.ts';
import type { Instances } from './observe/instances.ts';
import type { Memory } from './observe/memory.ts';
import type { Network } from './observe/network.ts';
import { Remembered } from './observe/remembered.ts';
import type { NodeGroups } from './observe/node-groups.ts';
import type { Operation } from './operation.ts';

/** A batch that was refused is asked for again soon, in smaller ones: most of its nodes are as good as any. */
const smallerAfterMs = 1_000;
/** One that is older than this was there before it was asked for: Amazon answers a create call for a name that is taken with what has it. */
const newForMs = 60_000;

export interface ApplyParts {
  readonly elb: ElbApi;
  readonly ec2: Ec2Api;
  readonly clock: Clock;
  readonly memory: Memory;
  readonly network: Network;
  readonly instances: Instances;
  readonly nodeGroups: NodeGroups;
}

/**
 * One mutation, and what is known after it. What failed leaves what it was about unknown, so that the next look is a fresh one.
 * @throws LbError of the call
 */
export async function applied(step: Step<Operation>, parts: ApplyParts, ctx: CallContext): Promise<StepOutcome> {
  const options: CallOptions = { signal: ctx.signal, beforeSend: () => ctx.beforeCall() };
  try {
    const id = await sent(step, parts, options);
    ctx.log.info({ step: step.id, summary: step.summary, ...(id === undefined ? {} : { id }) }, 'done');
    return { outputs: id === undefined ? {} : { id } };
  } catch (thrown) {
    const error = asLbError(thrown);
    if (!isEnding(error) && error.code !== 'CloudThrottled') doubt(step, error, parts);
    throw error;
  }
}

/** Sends it; the id of what it made. */
async function sent({ op, proof }: Step<Operation>, parts: ApplyParts, options: CallOptions): Promise<string | undefined> {
  const { elb, ec2, memory, nodeGroups, clock } = parts;
  const known = new Remembered(memory, nodeGroups, clock);
  switch (op.do) {
    case 'create-security-group': {
      const made = await newSecurityGroup(op.of, ec2, options);
      known.groupMade({ ...made, tags: op.of.tags });
      return made.id;
    }
    case 'authorize': {
      const rules = op.rules.map((rule): Ec2Rule => ({ ...rule, source: ruleSource(rule.source) }));
      const made = ec2.authorizeIngress(there(op.on), rules, op.tags, options);
      known.rulesMade(there(op.on), await (op.mayLackRoom === true ? unlessFull(made) : made));
      return undefined;
    }
    case 'revoke':
      await ec2.revokeIngress(op.on, op.rules, options);
      return known.rulesGone(op.on, op.rules);
    case 'delete-security-group':
      if (await isFree(ec2.deleteSecurityGroup(op.on, options), () => known.isHeldApart(op.on))) known.groupGone(op.on);
      return undefined;
    case 'create-load-balancer': {
      const made = await elb.createLoadBalancer({ ...op, securityGroups: op.securityGroups.map(there) }, options);
      await assertOurs(made, proof, parts);
      known.balancerMade(made, op.tags);
      return made.arn;
    }
    case 'delete-load-balancer':
      await elb.deleteLoadBalancer(op.on, options);
      return known.balancerGone(op.on);
    case 'set-security-groups': {
      const groups = op.securityGroups.map(there);
      await elb.setSecurityGroups(op.on, groups, options);
      return known.balancerChanged(op.on, { securityGroups: groups.toSorted() });
    }
    case 'set-subnets':
      return known.zonesChanged(op.on, op.subnets, {
        zones: await elb.setSubnets(op.on, op.subnets, op.ipAddressType, options),
        ipAddressType: op.ipAddressType,
      });
    case 'set-ip-address-type':
      await elb.setIpAddressType(op.on, op.ipAddressType, options);
      return known.balancerChanged(op.on, { ipAddressType: op.ipAddressType });
    case 'set-load-balancer-attributes':
      await elb.setLoadBalancerAttributes(there(op.on), op.attributes, options);
      return known.attributesSet(memory.loadBalancerAttributes, there(op.on), op.attributes);
    case 'create-target-group': {
      const made = await elb.createTargetGroup(op.of, options);
      known.targetGroupMade(made, op.of.tags);
      return made.arn;
    }
    case 'set-health-check':
      await elb.setHealthCheck(op.on, op.healthCheck, options);
      return known.targetGroupChanged(op.on, { healthCheck: op.healthCheck });
    case 'set-target-group-attributes':
      await elb.setTargetGroupAttributes(there(op.on), op.attributes, options);
      return known.attributesSet(memory.targetGroupAttributes, there(op.on), op.attributes);
    case 'delete-target-group':
      if (await isFree(elb.deleteTargetGroup(op.on, options), () => known.isHeldApart(op.on))) known.targetGroupGone(op.on);
      return undefined;
    case 'register':
      await register(there(op.on), op.targets, { elb, instances: parts.instances, known }, options);
      return undefined;
    case 'deregister':
      await elb.deregisterTargets(op.on, op.targets, options);
      return known.deregistered(op.on, op.targets);
    case 'create-listener': {
      const [loadBalancer, targetGroup] = [there(op.on), there(op.targetGroup)];
      const made = await elb.createListener({ ...op, loadBalancer, targetGroup }, options);
      known.listenerMade(loadBalancer, made);
      return made.arn;
    }
    case 'set-listener': {
      const { do: _do, on, loadBalancer, targetGroup, ...fields } = op;
      const change = { ...fields, ...(targetGroup === undefined ? {} : { targetGroup: there(targetGroup) }) };
      await elb.setListener(on, change, options);
      return known.listenerChanged(loadBalancer, on, change);
    }
    case 'add-certificates':
      await elb.addCertificates(there(op.on), op.certificates, options);
      return known.certificatesAdded(there(op.on), op.certificates);
    case 'remove-certificates':
      await elb.removeCertificates(op.on, op.certificates, options);
      return known.certificatesGone(op.on, op.certificates);
    case 'set-listener-attributes':
      await elb.setListenerAttributes(there(op.on), op.attributes, options);
      return known.attributesSet(memory.listenerAttributes, there(op.on), op.attributes);
    case 'delete-listener':
      await elb.deleteListener(op.on, options);
      return known.listenerGone(op.loadBalancer, op.on);
    case 'add-tags':
      await (isGroup(op.on) ? ec2.addTags(op.on, op.tags, options) : elb.addTags(op.on, op.tags, options));
      return known.tagged(op.on, op.tags, []);
    case 'remove-tags':
      await (isGroup(op.on) ? ec2.removeTags(op.on, op.keys, options) : elb.removeTags(op.on, op.keys, options));
      return known.tagged(op.on, {}, op.keys);
  }
}

/**
 * Amazon refuses all for one that it does not take. One alone that is refused is no failure: the plan after this one does without.
 * @throws LbError `MemberNotUsable` where one of several is refused
 */
async function register(
  group: string,
  targets: readonly ElbTarget[],
  { elb, instances, known }: Pick<ApplyParts, 'elb' | 'instances'> & { readonly known: Remembered },
  options: CallOptions,
): Promise<void> {
  try {
    await elb.registerTargets(group, targets, options);
    known.registered(group, targets);
  } catch (thrown) {
    const error = asLbError(thrown);
    if (error.code !== 'MemberNotUsable') throw error;
    instances.suspect(targets.map(({ instanceId }) => instanceId));
    known.notRegistered(group, targets);
    if (targets.length > 1) throw new LbError(error.code, error.text, { cause: error, retryAfterMs: smallerAfterMs });
  }
}

/** False where a load balancer that Amazon takes apart still has it: that is no failure, and the plan after this one waits. */
async function isFree(deletion: Promise<void>, isHeldApart: () => boolean): Promise<boolean> {
  try {
    await deletion;
    return true;
  } catch (thrown) {
    const error = asLbError(thrown);
    if (error.code === 'ResourceInUse' && isHeldApart()) return false;
    throw error;
  }
}

/** None where there was no room for them, which a later step of the plan makes. */
async function unlessFull(made: Promise<readonly Ec2Rule[]>): Promise<readonly Ec2Rule[]> {
  try {
    return await made;
  } catch (thrown) {
    const error = asLbError(thrown);
    if (error.code === 'QuotaExceeded') return [];
    throw error;
  }
}

/** Tags of security groups are EC2's. */
const isGroup = ([first = '']: readonly string[]): boolean => first.startsWith('sg-');

/** The engine has put what earlier steps made in its place. */
function there(made: string | FromStep): string {
  if (typeof made === 'string') return made;
  throw new LbError('ProviderBug', `${made.from} has made nothing that its step could be carried out with`);
}

const ruleSource = (source: Ec2Rule['source'] | { readonly group: string | FromStep }): Ec2Rule['source'] =>
  'group' in source ? { group: there(source.group) } : source;

/** @throws LbError `ForeignResource` where the name was another's, or nobody's, and Amazon took it for what was asked for */
async function assertOurs(made: ElbLoadBalancer, proof: Step<Operation>['proof'], { clock, memory }: ApplyParts): Promise<void> {
  const isNew = made.createdAt > clock.now() - newForMs;
  // A name that somebody chose, somebody else may choose at the same moment.
  if (isNew && isMadeName(made.name)) return;
  await memory.inventory.readTags([made.arn]);
  const tags = memory.inventory.tagsOf(made.arn);
  // Tags may be shown later than what has them.
  if (isNew && Object.keys(tags).length === 0) return;
  const wanted: Marks = 'willMark' in proof ? proof.willMark : {};
  if (tags[clusterMark] === wanted[clusterMark] && tags[keyMark] === wanted[keyMark]) return;
  throw new LbError('ForeignResource', `${made.arn} has the name ${made.name} and does not carry this owner's marks`);
}

function doubt({ op }: Step<Operation>, { code }: LbError, { memory, network, nodeGroups }: ApplyParts): void {
  // It took none, as is known.
  if (op.do === 'register' && code === 'MemberNotUsable') return;
  memory.inventory.forget();
  network.forget();
  nodeGroups.forget();
  for (const id of 'on' in op ? [op.on].flat() : []) {
    if (typeof id !== 'string') continue;
    for (const details of detailsOf(memory)) details.doubted(id);
  }
  if ('loadBalancer' in op) memory.listeners.doubted(op.loadBalancer);
}

const detailsOf = (memory: Memory) => [
  memory.listeners,
  memory.loadBalancerAttributes,
  memory.targets,
  memory.targetGroupAttributes,
  memory.certificates,
  memory.listenerAttributes,
];
