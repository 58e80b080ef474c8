import { keyOf } from './cluster.ts';
import type { ActionStep } from './case.ts';
import type { Rig, SeenThing, Snapshot } from './rig.ts';
import type { JsonObject } from '../model/json.ts';
import { clusterId, serviceKey, serviceLoadBalancer, serviceUid, type LoadBalancerKey } from '../model/ids.ts';
import type { Owner } from '../model/owner.ts';
import type { ServiceView } from '../model/service-view.ts';
import { approvalCodes } from './approval-shown.ts';
import { eventKey } from './event-key.ts';
import { filledIn } from './filled-in.ts';
import { valueAt } from './json-pointer.ts';
import { ownedThings } from './owned-things.ts';

const minute = 60_000;

/**
 * Does one step of a story.
 * @throws Error where the story itself cannot be told: the API server refuses what must succeed, or the simulation lacks something.
 */
export async function perform(rig: Rig, step: ActionStep): Promise<void> {
  rig.note(textOf(step));
  switch (step.do) {
    case 'create': {
      const { service, namespace = 'default', annotations = {}, labels, finalizers, spec, rejected } = step;
      const metadata = { annotations, ...(labels === undefined ? {} : { labels }), ...(finalizers === undefined ? {} : { finalizers }) };
      const said = await rig
        .cluster(step.cluster)
        .create(namespace, service, filledIn(rig, { metadata, ...(spec === undefined ? {} : { spec }) }));
      return expectStatus(said, rejected);
    }
    case 'patch': {
      const { service, namespace = 'default', patch, sub, rejected } = step;
      return expectStatus(await rig.cluster(step.cluster).patch(namespace, service, filledIn(rig, patch), sub), rejected);
    }
    case 'delete':
      return expectStatus(await rig.cluster(step.cluster).delete(step.namespace ?? 'default', step.service), undefined);
    case 'approve':
      return approve(rig, step);
    case 'add-namespace':
      return rig.cluster().addNamespace(step.namespace);
    case 'delete-namespace':
      return rig.cluster().deleteNamespace(step.namespace);
    case 'add-nodes':
      for (const node of step.nodes) await rig.cluster().addNode(node);
      return;
    case 'patch-node':
      return rig.cluster().patchNode(step.node, step.patch, step.sub);
    case 'delete-node':
      return rig.cluster().deleteNode(step.node);
    case 'rest':
      return rig.rest(step.ms + (step.done === true ? (rig.simulation.provisioningMs ?? 0) : 0));
    case 'start':
      return rig.start(step.install);
    case 'stop':
      return rig.stop(step.install);
    case 'crash':
      return rig.crash();
    case 'install':
      return addInstall(rig, step);
    case 'reload':
      return rig.install(step.install).reload(step.classes, step.driftCheckMs);
    case 'shrink-pool': {
      const { smallerPool } = rig.simulation;
      if (smallerPool === undefined) throw new Error('the simulated cloud has no smaller pool');
      return rig.install(step.install).reconnect(smallerPool);
    }
    case 'fault':
      return rig.install(step.install).faults.add(step.fault);
    case 'no-faults':
      return rig.install(step.install).faults.clear();
    case 'api-fault':
      return rig.install(step.install).kubeFaults.add(step.fault);
    case 'no-api-faults':
      return rig.install(step.install).kubeFaults.clear();
    case 'api-watches':
      return disturbWatches(rig, step.what);
    case 'tamper': {
      const change = rig.simulation.tamper?.[step.what];
      if (change === undefined) throw new Error(`the simulation cannot do ${step.what}`);
      return change(keyOf(serviceOf(rig, step.service)));
    }
    case 'happen': {
      const happens = rig.simulation.happen?.[step.what];
      if (happens === undefined) throw new Error(`in the simulated cloud nothing is known of ${step.what}`);
      return happens(step.given ?? {}, keyOf(serviceOf(rig, step.service)));
    }
    case 'plant-stray':
      return plantStray(rig, step.as);
    case 'plant-foreign':
      return plantForeign(rig, step.what, step.like);
    case 'snapshot':
      rig.snapshots.set(step.name, await snapshotOf(rig));
      return;
    case 'endpoints':
      rig.endpoints.set(serviceKey('default', step.service), step.nodes);
      return;
  }
}

function expectStatus({ status, object }: { status: number; object: JsonObject }, rejected: number | undefined): void {
  const good = rejected === undefined ? status < 300 : status === rejected;
  if (!good)
    throw new Error(`the API server answered ${status} (${JSON.stringify(object['message'])}) where ${rejected ?? 'success'} was expected`);
}

async function approve(rig: Rig, { service, code, namespace = 'default', cluster }: Extract<ActionStep, { do: 'approve' }>): Promise<void> {
  const codes =
    code === 'shown' || code === 'first-shown'
      ? approvalCodes(serviceOf(rig, service, namespace)).slice(0, code === 'shown' ? undefined : 1)
      : 'at' in code
        ? approvalCodesAt(rig, code.at, service, namespace)
        : [code.text];
  if (codes.length === 0) throw new Error(`no approval is asked of ${service}`);
  const patch = { metadata: { annotations: { 'portolan.dev/approve': codes.join(',') } } };
  expectStatus(await rig.cluster(cluster).patch(namespace, service, patch), undefined);
}

function approvalCodesAt(rig: Rig, at: string, service: string, namespace: string): readonly string[] {
  const conditions = valueAt(rig.snapshots.get(at)?.services.get(`one/${namespace}/${service}`), '/status/conditions');
  return Array.isArray(conditions) ? approvalCodes({ conditions }) : [];
}

async function addInstall(rig: Rig, step: Extract<ActionStep, { do: 'install' }>): Promise<void> {
  const { secondConnection } = rig.simulation;
  if (step.sameConnection !== true && secondConnection === undefined) throw new Error('the simulated cloud has no second connection');
  rig.addInstall(step.install, {
    classes: step.classes,
    ...(step.cluster === undefined ? {} : { cluster: step.cluster }),
    ...(step.clusterId === undefined ? {} : { clusterId: step.clusterId }),
    ...(step.sameConnection === true || secondConnection === undefined ? {} : { connection: secondConnection }),
  });
}

function disturbWatches(rig: Rig, what: 'drop' | 'expire' | 'freeze' | 'thaw'): void {
  const { faults } = rig.cluster().api;
  if (what === 'drop') faults.dropWatches();
  else if (what === 'expire') faults.expireWatches();
  else if (what === 'freeze') faults.freezeWatches();
  else faults.thaw();
}

/** Another cluster's owner, with the very key a Service of ours has; or our own place, taken by somebody. */
async function plantForeign(rig: Rig, what: 'other-cluster' | 'in-the-way', like: string): Promise<void> {
  const { uid, key } = serviceOf(rig, like);
  const owner: Owner = {
    clusterId: what === 'other-cluster' ? clusterId('somebody-elses-cluster') : rig.install().clusterId,
    key: keyOf(serviceOf(rig, like)),
    services: [{ uid, name: key }],
  };
  const planted = await rig.simulation.plantForeign?.(what, owner);
  if (planted === undefined) throw new Error('the simulation cannot plant foreign things');
  rig.planted.push(planted);
}

/** As if a Service had been made, served and lost without its finalizer. */
async function plantStray(rig: Rig, as: string): Promise<void> {
  const uid = serviceUid(`00000000-0000-4000-8000-${String(rig.strays.size + 1).padStart(12, '0')}`);
  const owner: Owner = {
    clusterId: rig.install().clusterId,
    key: serviceLoadBalancer(uid),
    services: [{ uid, name: serviceKey('default', as) }],
  };
  const planting = rig.simulation.plantStray?.(owner);
  if (planting === undefined) throw new Error('the simulation cannot plant strays');
  rig.strays.set(as, await rig.during(planting));
}

/** @throws Error where there is no such Service. */
export function serviceOf(rig: Rig, service: string, namespace = 'default', cluster: 'one' | 'two' = 'one'): ServiceView {
  const view = rig.cluster(cluster).view(namespace, service);
  if (view === undefined) throw new Error(`there is no Service ${namespace}/${service}`);
  return view;
}

async function snapshotOf(rig: Rig): Promise<Snapshot> {
  const services = new Map<string, JsonObject>();
  const events = new Map<string, number>();
  for (const [name, cluster] of rig.clusters) {
    for (const { namespace, name: service } of cluster.services()) {
      const place = `${name}/${namespace}/${service}`;
      const object = cluster.object(namespace, service);
      if (object !== undefined) services.set(place, structuredClone(object));
      for (const event of cluster.events(namespace, service)) events.set(eventKey(place, event), event.count);
    }
  }
  const trace = rig.trace.entries.length;
  const things = new Map<LoadBalancerKey, SeenThing[]>();
  for (const thing of await ownedThings(rig))
    things.set(thing.key as LoadBalancerKey, [...(things.get(thing.key as LoadBalancerKey) ?? []), thing]); // the key in its mark
  return { trace, services, events, things };
}

/** A step as one line of the trace. */
function textOf(step: ActionStep): string {
  if (step.do === 'rest') return `rest ${step.ms >= minute ? `${step.ms / minute} min` : `${step.ms / 1000} s`}`;
  const { do: what, ...rest } = step;
  const details = JSON.stringify(rest);
  return details === '{}' ? what : `${what} ${details}`;
}
