/**
 * What must change, as a pure function of what is wanted and what is there. Here is what follows what; what a thing should be is
 * compiled in `desired/`, and the steps themselves are in the files beside this one.
 */
import type { LoadBalancerKey, StepId } from '../../../src/model/ids.ts';
import type { Plan, Refusal, Step, Wait } from '../../../src/model/plan.ts';
import { isClusterWant, isFrozen, isGone, type Frozen, type LoadBalancerSpec, type Want } from '../../../src/model/spec.ts';
import { ourPrefix } from '../../../src/settings/portable.ts';
import { compile, type Compiled } from '../desired/compile.ts';
import type { Desired, DesiredListener } from '../desired/desired.ts';
import { fieldsOf } from '../desired/field-of.ts';
import { amazonQuotas } from '../desired/quotas.ts';
import { servedBy } from '../desired/tags.ts';
import { instancesOf, targetsOf } from '../members.ts';
import type { Have, HaveListener, HaveTargetGroup, Surroundings } from '../observe/have.ts';
import type { Operation } from '../operation.ts';
import type { Connection, Quotas, Settings } from '../settings/settings.ts';
import { createBalancer, editBalancer } from './balancer.ts';
import { planUnit, type UnitParts } from './cluster-unit.ts';
import { deleteSecurityGroup, deleteTargetGroup, deletion, apartWaitOf, release, replacement } from './ending.ts';
import { inFamilyOrder } from './family-order.ts';
import { closeFrontend, isTight, openFrontend } from './frontend-group.ts';
import { createListener, deleteListener, editListener } from './listener.ts';
import type { Planned, Ref } from './made.ts';
import { memberSteps } from './members.ts';
import { unprotect } from './protection.ts';
import { tagSteps } from './tags.ts';
import { createTargetGroup, editTargetGroup } from './target-group.ts';

export interface PlanParts {
  readonly connection: Connection;
  /** The key of what all load balancers of this provider share. */
  readonly unitKey: LoadBalancerKey;
  readonly unit: UnitParts;
}

export function planned(want: Want<Settings>, have: Have, parts: PlanParts): Plan<Operation> {
  if (isClusterWant(want)) return planUnit(want, have, parts.unit);
  const following = { unusable: have.surroundings?.unusable ?? have.unusable ?? [], most: quotasOf(parts.connection).targets };
  if (isFrozen(want)) return { steps: have.targetGroups.flatMap((group) => follow(group, want, want.nodePorts, following)), refusals: [] };
  if (isGone(want)) return want.leave === 'everything' ? release(have) : deletion(have, want.settings);
  const { surroundings } = have;
  if (surroundings === undefined) return { steps: [], refusals: [] };
  const compiled = compile(want, surroundings, have.loadBalancers, parts.connection);
  const { desired, refusals } = compiled;
  if (desired === undefined) return { steps: [], refusals };
  const clashes = clashesOf(desired, have);
  if (clashes.length > 0) return { steps: [], refusals: clashes };
  if (desired.loadBalancer.securityGroups.includes('backend') && surroundings.backendGroup === undefined) {
    const text = 'the security group that the nodes let in is not there yet';
    return {
      steps: have.targetGroups.flatMap((group) => follow(group, want, want.listeners, following)),
      refusals: [],
      wait: { reason: 'ClusterUnitPending', text, on: parts.unitKey },
    };
  }
  const isHeldApart = strayGroupsOf(desired, have).length + unusedOf(desired, have).length > 0;
  const wait = (isHeldApart ? apartWaitOf(have) : undefined) ?? restWaitOf(compiled);
  return {
    steps: specSteps(want, have, surroundings, compiled, desired, parts.connection),
    refusals: [],
    ...(wait === undefined ? {} : { wait }),
  };
}

function specSteps(
  want: LoadBalancerSpec<Settings>,
  have: Have,
  surroundings: Surroundings,
  { kept, others, replaces }: Compiled,
  desired: Desired,
  connection: Pick<Connection, 'quotas'>,
): readonly Step<Operation>[] {
  const { vpcId } = surroundings;
  const quotas = quotasOf(connection);
  const [ownGroup] = have.securityGroups;
  const front = desired.frontend === undefined ? undefined : openFrontend(want, desired.frontend, desired.loadBalancer, vpcId, ownGroup);
  const groups = desired.loadBalancer.securityGroups.flatMap((each): readonly Ref[] => {
    if (each === 'frontend') return front === undefined ? [] : [front.ref];
    if (each === 'backend') return surroundings.backendGroup === undefined ? [] : [surroundings.backendGroup];
    return [each.id];
  });
  const balancer: Planned =
    kept === undefined
      ? createBalancer(want, desired.loadBalancer, groups)
      : { ref: kept.arn, steps: editBalancer(desired.loadBalancer, groups, kept, fieldsOf(want)) };
  const listeners = desired.listeners.flatMap((listener) => listenerSteps(listener, want, have, { vpcId, balancer, kept, desired }));
  const made = [...(front?.steps ?? []), ...balancer.steps, ...listeners];
  const ids = (steps: readonly Step<Operation>[]): readonly StepId[] => steps.map(({ id }) => id);

  const stale = kept === undefined || kept.listeners === 'unread' ? [] : kept.listeners.filter((one) => !hasPort(desired, one));
  const removed = kept === undefined ? [] : stale.map((one) => deleteListener(kept, one, ids(made)));
  const unused = unusedOf(desired, have);
  // Until its address has been out of status for long enough, what is to go is served on, so its members still follow.
  const following =
    others.length === 0
      ? []
      : unused.flatMap((group) => follow(group, want, want.listeners, { unusable: surroundings.unusable, most: quotas.targets }));
  const replaced = others.flatMap((old) => {
    const isSuccessor = kept !== undefined && have.loadBalancers.indexOf(kept) < have.loadBalancers.indexOf(old);
    const unprotected = unprotect(old, want.settings);
    return [...unprotected, replacement(want, old, { replaces, isSuccessor }, ids([...made, ...following, ...unprotected]))];
  });
  const before = ids([...made, ...removed, ...following, ...replaced]);
  const mayGo = have.apartMs === undefined;
  const strays = mayGo ? strayGroupsOf(desired, have) : [];
  const tight = desired.frontend !== undefined && isTight(desired.frontend, ownGroup, quotas.rulesPerSecurityGroup);
  const closed =
    desired.frontend === undefined ? [] : closeFrontend(want, desired.frontend, ownGroup, tight ? [] : ids([...made, ...removed]));
  const steps = [
    ...made.map((step) => (tight && step.op.do === 'authorize' ? { ...step, after: [...step.after, ...ids(closed)] } : step)),
    ...removed,
    ...following,
    ...replaced,
    ...(mayGo ? unused : []).map((group) => deleteTargetGroup(group, before)),
    ...closed,
    ...strays.map((group) => deleteSecurityGroup(group, before)),
  ];
  const ordered = inFamilyOrder(steps, kept, desired, have);
  return [...ordered, ...tagSteps(desired, have, kept, ordered)];
}

function listenerSteps(
  listener: DesiredListener,
  { owner }: LoadBalancerSpec<Settings>,
  have: Have,
  { vpcId, balancer, kept, desired }: { vpcId: string; balancer: Planned; kept: Compiled['kept']; desired: Desired },
): readonly Step<Operation>[] {
  const existing = have.targetGroups.find(({ name }) => name === listener.targetGroup.name);
  const group: Planned =
    existing === undefined
      ? createTargetGroup(owner, listener, vpcId, have.odd ?? [])
      : { ref: existing.arn, steps: editTargetGroup(listener, existing) };
  if (kept !== undefined && kept.listeners === 'unread') return group.steps;
  const there = kept?.listeners === 'unread' ? undefined : kept?.listeners.find(({ port }) => port === listener.port);
  const steps =
    kept === undefined || there === undefined
      ? createListener(owner, listener, balancer.ref, group.ref, desired.loadBalancer.tags)
      : editListener(listener, kept, there, group.ref);
  return [...group.steps, ...steps];
}

const unusedOf = ({ listeners }: Desired, { targetGroups }: Have): Have['targetGroups'] =>
  targetGroups.filter(({ name }) => !listeners.some(({ targetGroup }) => targetGroup.name === name));

/** The Service brings its own groups, or one was made twice. */
const strayGroupsOf = ({ frontend }: Desired, { securityGroups }: Have): Have['securityGroups'] =>
  frontend === undefined ? securityGroups : securityGroups.slice(1);

const hasPort = ({ listeners }: Desired, { port }: HaveListener): boolean => listeners.some((listener) => listener.port === port);

/** Members, and the node ports of what a target group serves: no more. */
function follow(
  group: HaveTargetGroup,
  { members }: Pick<Frozen, 'members'>,
  nodePorts: Frozen['nodePorts'],
  { unusable, most }: { readonly unusable: readonly string[]; readonly most: number },
): readonly Step<Operation>[] {
  const served = servedBy(group.tags);
  const nodePort = nodePorts.find(({ id }) => served.includes(id))?.nodePort;
  return nodePort === undefined ? [] : memberSteps(group, targetsOf(instancesOf(members, unusable).ids.slice(0, most), nodePort));
}

/** One that Amazon could not make gets a successor later. */
function restWaitOf({ kept }: Compiled): Wait | undefined {
  if (kept?.restMs === undefined) return undefined;
  return { reason: 'CloudUnavailable', text: `Amazon could not make the load balancer ${kept.name}`, retryAfterMs: kept.restMs };
}

const quotasOf = ({ quotas }: Pick<Connection, 'quotas'>): Quotas => ({ ...amazonQuotas, ...quotas });

/** Amazon answers a create call for a name that is taken as if it had made the thing: what stands there is never taken for ours. */
function clashesOf({ loadBalancer, listeners }: Desired, { inTheWay, loadBalancers, targetGroups }: Have): readonly Refusal[] {
  const wanted = [
    ...(loadBalancers.some(({ name }) => name === loadBalancer.name) ? [] : [loadBalancer.name]),
    ...listeners.map(({ targetGroup }) => targetGroup.name).filter((name) => !targetGroups.some((group) => group.name === name)),
  ];
  return wanted.flatMap((name): readonly Refusal[] => {
    const other = inTheWay.find((one) => one.name === name);
    if (other === undefined) return [];
    const whose = Object.keys(other.marks).some((key) => key.startsWith(ourPrefix)) ? "another owner's" : "no owner's of this cluster";
    return [{ reason: 'ForeignResource', text: `${other.arn} has the name ${name} and is ${whose}` }];
  });
}
