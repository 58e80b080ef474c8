import { frozenFor, intentOf, keepsMembers } from '../../controller/service-intent.ts';
import { isClassChange } from '../../controller/short-cut.ts';
import { isServed, readRecord } from '../../controller/record.ts';
import { parseApprovals } from '../../engine/approval-code.ts';
import { judge, type Judgement } from '../../engine/judge.ts';
import type { Intent } from '../../intent/compile.ts';
import { MemberSets, type Members, type NodeSet } from '../../intent/nodes.ts';
import { projectNode } from '../../kube/projection.ts';
import { canonicalJson } from '../../model/digest.ts';
import type { OwnedThing } from '../../model/capabilities.ts';
import type { ClusterId, LoadBalancerKey } from '../../model/ids.ts';
import { addressOfIngress } from '../../model/ingress.ts';
import type { LoadBalancerClass } from '../../model/load-balancer-class.ts';
import type { Report } from '../../model/report.ts';
import type { NodeView, ServiceView } from '../../model/service-view.ts';
import { isFrozen, isGone, isSpec, type Want } from '../../model/spec.ts';
import type { AnyProvider } from '../../provider.ts';
import { keyOf } from '../cluster.ts';
import { lookingContext, readingProvider } from '../owned-things.ts';
import { parsedClasses } from '../parsed-classes.ts';
import type { Rig } from '../rig.ts';
import type { ProviderCall } from '../trace.ts';
import { classFor, wants } from './chronicle.ts';
import { mutationsOf } from './mutations.ts';

/** A Service and what stands for it in the cloud, seen by somebody who only looks. */
export interface ServiceAtRest {
  readonly view: ServiceView;
  readonly key: LoadBalancerKey;
  /** Absent: it is no business of this install. */
  readonly class?: LoadBalancerClass;
  /** Of its class; any of ours where it has none. */
  readonly finalizers: readonly string[];
  /** It should have a load balancer. */
  readonly wanted: boolean;
  readonly things: readonly OwnedThing[];
  /** What its words come to now, where it is wanted. */
  readonly intent?: Intent<unknown>;
  /** What is planned for that now; absent where it is refused and nothing of it is served. */
  readonly judgement?: Judgement;
  /** What the provider told the controller last. */
  readonly report?: Report;
  /** Every address the provider told a controller for it, since it was released last. */
  readonly reported: ReadonlySet<string>;
  /** The specs for which main things were made, as far as steps name them as the inventory does. */
  readonly madeFor: ReadonlySet<string>;
  /** Something was asked of the provider for it, ever: there may be something to clean up, although nobody sees it. */
  readonly tried: boolean;
  /** What it tells somebody who only looks: no word on whether sockets or machines are well, as that may be known to one process only. */
  readonly look?: Report;
  /** What the controller asked for last. */
  readonly lastWant?: Want<unknown>;
  /** The members it should have. */
  readonly members: Members;
}

/** One install's cluster and its part of the cloud, when nothing but time is waited for. */
export interface AtRest {
  readonly services: readonly ServiceAtRest[];
  /** All that carries this cluster's marks. */
  readonly things: readonly OwnedThing[];
  readonly planted: readonly { readonly id: string; readonly untouched: boolean }[];
  /** All that stands in the cloud, by its own word; absent where it does not say, or where others use it too. */
  readonly standing?: ReadonlySet<string>;
  /** What was released: the last that was done to it took the marks off. */
  readonly left: ReadonlySet<string>;
  /** What was to be deleted once, by a step whose outcome nobody saw: it may have been carried out at any time after. */
  readonly doomed: ReadonlySet<string>;
}

/** Looks at everything, and changes nothing. */
export function lookAtRest(rig: Rig, install = 'a'): Promise<AtRest> {
  return rig.during(look(rig, install));
}

async function look(rig: Rig, name: string): Promise<AtRest> {
  const { cluster, clusterId, classes } = rig.install(name);
  const { definition } = rig.simulation;
  const provider = await readingProvider(rig, clusterId);
  try {
    const things: OwnedThing[] = [];
    for await (const thing of provider.inventory(lookingContext())) if (thing.foreign === undefined) things.push(thing);
    const nodes = cluster.nodeObjects().map((object) => projectNode(structuredClone(object)));
    const looker = { rig, install: name, clusterId, provider, definition, classes: parsedClasses(definition, classes), nodes };
    const services: ServiceAtRest[] = [];
    for (const view of cluster.services()) services.push(await serviceAtRest(looker, view, things));
    const planted = [];
    for (const thing of rig.planted) planted.push({ id: thing.id, untouched: await thing.untouched() });
    const standing = rig.installs.size === 1 ? rig.simulation.standing?.() : undefined;
    return { services, things, planted, ...leftIn(rig), ...(standing === undefined ? {} : { standing: new Set(standing) }) };
  } finally {
    await provider.close();
  }
}

/** A step whose outcome nobody saw counts as done: it is repeated until it is. */
function leftIn({ trace }: Rig): Pick<AtRest, 'left' | 'doomed'> {
  const [left, doomed] = [new Set<string>(), new Set<string>()];
  for (const { step, plan, error } of mutationsOf(trace.entries)) {
    if (!('on' in step.proof)) continue;
    if (step.verb === 'delete' && error?.verdict === 'in-doubt') doomed.add(step.proof.on);
    const want = plan?.call.want;
    if (want !== undefined && isGone(want) && want.leave === 'everything') left.add(step.proof.on);
    else left.delete(step.proof.on);
  }
  return { left, doomed };
}

interface Looker {
  readonly rig: Rig;
  readonly install: string;
  readonly clusterId: ClusterId;
  readonly provider: AnyProvider;
  readonly definition: Rig['simulation']['definition'];
  readonly classes: readonly LoadBalancerClass[];
  readonly nodes: readonly NodeView[];
}

async function serviceAtRest(looker: Looker, view: ServiceView, all: readonly OwnedThing[]): Promise<ServiceAtRest> {
  const key = keyOf(view);
  const klass = classFor(view, looker.classes);
  const wanted = klass !== undefined && wants(view, klass);
  const things = all.filter((thing) => thing.key === key);
  const calls = looker.rig.trace.calls().filter((call) => call.key === key && call.install === looker.install);
  const reports = calls.flatMap((call) => call.report ?? []);
  const report = reports.at(-1);
  // What was released is served on by others, and its address is theirs.
  const released = calls.findLastIndex(({ want }) => want !== undefined && isGone(want) && want.leave === 'everything');
  const own = calls.slice(released + 1).flatMap((call) => call.report ?? []);
  const reported = new Set(own.flatMap(({ ingress }) => (ingress === 'unknown' ? [] : ingress.map(addressOfIngress))));
  const lastWant = calls.findLast(({ verb }) => verb === 'observe')?.want;
  const nodes = nodesFor(looker.nodes, lastWant);
  const now = wanted ? await whatNow(looker, view, klass, nodes, things.length > 0) : undefined;
  return {
    view,
    key,
    ...(klass === undefined ? {} : { class: klass }),
    finalizers: looker.classes.map(({ finalizer }) => finalizer).filter((finalizer) => view.finalizers.includes(finalizer)),
    wanted,
    things,
    reported,
    tried: calls.some(({ verb }) => verb === 'apply'),
    madeFor: madeFor(calls, things),
    ...(report === undefined ? {} : { report }),
    ...(lastWant === undefined ? {} : { lastWant }),
    members: now === undefined ? nodes : membersOf(now.intent, nodes, lastWant),
    ...now,
  };
}

function madeFor(calls: readonly ProviderCall[], things: readonly OwnedThing[]): ReadonlySet<string> {
  const kinds = new Set(things.filter(({ main }) => main).map(({ kind }) => kind));
  const specs = new Set<string>();
  let want: Want<unknown> | undefined;
  for (const call of calls) {
    if (call.verb === 'plan') want = call.want;
    const makes = call.verb === 'apply' && call.step?.verb === 'create' && kinds.has(call.step.resource.kind);
    if (makes && want !== undefined && isSpec(want)) specs.add(want.specDigest);
  }
  return specs;
}

/**
 * The nodes there are. A node that is to go is drained by its health check and stays a member until something else begins
 * an epoch (contract K4–K6): so what was asked for last holds where such nodes are all it has more.
 */
function nodesFor(nodes: readonly NodeView[], lastWant: Want<unknown> | undefined): NodeSet {
  const sets = new MemberSets();
  const least = sets.of(nodes);
  const most = sets.of(nodes.map((node) => ({ ...node, taintKeys: [], deleting: false })));
  const select: NodeSet['select'] = (selector) => {
    const [some, all] = [least.select(selector), most.select(selector)];
    const asked = askedOf(lastWant);
    return asked !== undefined && isWithin(some, asked) && isWithin(asked, all) ? asked : some;
  };
  return { ...least, ...select([]), select };
}

/** What it should have: where nobody can tell which nodes are meant, what it was given last. */
function membersOf(intent: Intent<unknown>, all: Members, lastWant: Want<unknown> | undefined): Members {
  const { chosen } = intent;
  const kept = keepsMembers(intent) ? askedOf(lastWant) : undefined;
  return kept ?? chosen ?? all;
}

const askedOf = (want: Want<unknown> | undefined): Members | undefined =>
  want !== undefined && (isSpec(want) || isFrozen(want)) ? { members: want.members, digest: want.membersDigest } : undefined;

function isWithin(some: Members, others: Members): boolean {
  const there = new Set(others.members.map((member) => canonicalJson(member)));
  return some.members.every((member) => there.has(canonicalJson(member)));
}

/** What a controller that begins now would have to do. */
async function whatNow(
  looker: Looker,
  view: ServiceView,
  klass: LoadBalancerClass,
  nodes: NodeSet,
  exists: boolean,
): Promise<Pick<ServiceAtRest, 'judgement' | 'look'> & Required<Pick<ServiceAtRest, 'intent'>>> {
  const { clusterId, provider, definition } = looker;
  const intent = intentOf({
    service: view,
    clusterId,
    class: klass,
    table: definition.settings,
    capabilities: (settings) => provider.capabilities(settings),
    nodes,
  });
  const served = exists || isServed(view, klass.finalizer);
  const frozen = () => (served ? frozenFor(view, clusterId, intent, nodes) : undefined);
  const want = intent.kind === 'spec' ? intent.spec : frozen();
  if (want === undefined) return { intent };
  const have = await provider.observe(want, { maxAgeMs: 0 }, lookingContext());
  const judged = await judge(provider, want, have, {
    policy: klass.guard,
    approvals: parseApprovals(view.annotations['portolan.dev/approve']),
    byClass: intent.kind === 'spec' && isClassChange(readRecord(view.conditions), intent.spec),
  });
  // What keeps its members keeps all it has: nothing is done for it.
  const judgement = keepsMembers(intent) ? { ...judged, steps: [], wait: undefined } : judged;
  return { intent, judgement, look: await provider.report(judgement.active, have) };
}
