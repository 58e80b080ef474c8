import { digestOf } from '../../model/digest.ts';
import type { LoadBalancerKey } from '../../model/ids.ts';
import type { AnyStep } from '../../model/plan.ts';
import { isGone, isSpec } from '../../model/spec.ts';
import { keyOf } from '../cluster.ts';
import { valueAt } from '../json-pointer.ts';
import type { Check, StepFilter } from '../case.ts';
import { lookingContext, ownedThings, readingProvider } from '../owned-things.ts';
import type { Rig, SeenThing } from '../rig.ts';
import type { JsonObject } from '../../model/json.ts';
import type { ProviderCall } from '../trace.ts';
import { placeOf, snapshot, viewOf, type Seen } from './service-checks.ts';

type Of<Name extends Check['check']> = Extract<Check, { readonly check: Name }>;
interface Place {
  readonly service: string;
  readonly namespace?: string;
  readonly cluster?: 'two';
}

export function apiWrites(rig: Rig, { since, atMost, path }: Of<'api-writes'>): Seen {
  const pattern = path === undefined ? undefined : new RegExp(path);
  const writes = rig.trace.writes(snapshot(rig, since).trace).filter((write) => pattern?.test(write.path) !== false);
  if (writes.length <= atMost) return undefined;
  return `${writes.length} writes: ${writes.map((write) => `${write.method} ${write.path.split('?')[0]}`).join(', ')}`;
}

export function calls(rig: Rig, check: Of<'calls'>): Seen {
  const { since, verb, atMost = Number.POSITIVE_INFINITY, atLeast = 0, service, where, live, tries, install } = check;
  const key = service === undefined ? undefined : keyAt(rig, { service }, since);
  const counted = rig.trace
    .calls(snapshot(rig, since).trace)
    .filter((call) => (verb === 'any' ? ['observe', 'apply', 'inventory'].includes(call.verb) : call.verb === verb))
    .filter((call) => key !== undefined || !(call.verb === 'observe' && call.key?.startsWith('cluster/') === true))
    .filter((call) => (key === undefined || call.key === key) && (install === undefined || call.install === install))
    .filter(({ maxAgeMs }) => live === undefined || maxAgeMs === 0)
    .filter(({ step }) => where === undefined || (step !== undefined && fits(step, where)));
  const count = tries === true ? new Set(counted.map(({ at }) => at)).size : counted.length;
  if (count >= atLeast && count <= atMost) return undefined;
  return `${counted.length} calls: ${counted.map((call) => [call.verb, call.step?.id].join(' ').trim()).join(', ')}`;
}

export function want(rig: Rig, check: Of<'want'>): Seen {
  const last = lastWant(rig, check);
  if (last === undefined) return 'the provider was never asked';
  const value = valueAt(last, check.at);
  const seen = `${check.at} of what was asked is ${JSON.stringify(value)}`;
  if (check.absent === true) return value === undefined ? undefined : seen;
  if (check.equals === undefined) return value === undefined ? seen : undefined;
  return value !== undefined && digestOf(value) === digestOf(check.equals) ? undefined : seen;
}

export function members(rig: Rig, check: Of<'members'>): Seen {
  const last = lastWant(rig, check);
  if (last === undefined || isGone(last) || !('members' in last)) return 'the provider was never asked for members';
  const names = last.members.map(({ node }) => node);
  return names.join() === [...check.nodes].sort().join() ? undefined : `members are [${names.join(', ')}]`;
}

export async function owned(rig: Rig, check: Of<'owned'>): Promise<Seen> {
  const key = keyAt(rig, check, check.same);
  const all = await ownedThings(rig, rig.cluster(check.cluster).id);
  const things = all.filter((thing) => thing.key === key);
  const seen = `it has [${things.map(({ kind, id }) => `${kind} ${id}`).join(', ')}]`;
  if (check.none === true && things.length > 0) return seen;
  if (check.count !== undefined && things.length !== check.count) return seen;
  if (check.main !== undefined && things.filter(({ main }) => main).length !== check.main) return seen;
  if (check.same === undefined) return undefined;
  const before = (key === undefined ? undefined : snapshot(rig, check.same).things.get(key)) ?? [];
  const compared = (list: readonly SeenThing[]) =>
    list.filter(({ main }) => main || hasSamePorts(rig, check, check.same)).map(({ id }) => id);
  const same = compared(things).sort().join() === compared(before).sort().join();
  return same ? undefined : `${seen}, it had [${before.map(({ id }) => id).join(', ')}]`;
}

export async function ownedInAll(rig: Rig, { main }: Of<'owned-in-all'>): Promise<Seen> {
  const things = (await ownedThings(rig)).filter((thing) => thing.main);
  return things.length === main ? undefined : `there are ${things.length}: ${things.map(({ id, key }) => `${id} of ${key}`).join(', ')}`;
}

export async function foreignUntouched(rig: Rig): Promise<Seen> {
  if (rig.planted.length === 0) throw new Error('the case planted nothing');
  for (const thing of rig.planted) if (!(await rig.during(thing.untouched()))) return `${thing.id} was changed or removed`;
  return undefined;
}

/** What somebody else who only reads finds: nothing left to do, every listener serving. */
export async function settled(rig: Rig, check: Of<'settled'>): Promise<Seen> {
  const last = lastWant(rig, check);
  if (last === undefined) return 'the provider was never asked';
  const look = async (): Promise<Seen> => {
    const provider = await readingProvider(rig, rig.cluster(check.cluster).id);
    try {
      const have = await provider.observe(last, { maxAgeMs: 0 }, lookingContext());
      const plan = await provider.plan(last, have);
      const todo = [
        ...plan.steps.map(({ id }) => id),
        ...plan.refusals.map(({ reason }) => reason),
        ...(plan.wait === undefined ? [] : [plan.wait.reason]),
      ];
      return todo.length === 0 ? undefined : `there is more to do: ${todo.join(', ')}`;
    } finally {
      await provider.close();
    }
  };
  const reported = lastCall(rig, check, 'report')?.report?.listeners ?? [];
  const serving = new Set(reported.filter(({ state }) => state === 'serving').map(({ id }) => id));
  const asked = isSpec(last) ? last.listeners.map(({ id }) => id) : reported.map(({ id }) => id);
  const notServing = asked.filter((id) => !serving.has(id));
  return (await rig.during(look())) ?? (notServing.length === 0 ? undefined : `not serving: ${notServing.join(', ')}`);
}

export function planned(rig: Rig, check: Of<'planned'>): Seen {
  const steps = lastCall(rig, check, 'plan')?.plan?.steps;
  if (steps === undefined) return 'nothing was planned';
  const count = steps.filter((step) => fits(step, check.where)).length;
  const good = check.count === undefined ? count > 0 : count === check.count;
  return good ? undefined : `the last plan is [${steps.map(({ id }) => id).join(', ')}]`;
}

const lastWant = (rig: Rig, place: Place) => lastCall(rig, place, 'observe')?.want;

function lastCall(rig: Rig, place: Place, verb: ProviderCall['verb']): ProviderCall | undefined {
  const key = keyAt(rig, place, undefined);
  return rig.trace.calls().findLast((call) => call.verb === verb && call.key === key);
}

/** The key of a Service, also of one that is gone: by a snapshot, else by the trace of this one story. */
function keyAt(rig: Rig, place: Place, snapshotName: string | undefined): LoadBalancerKey | undefined {
  const view = viewOf(rig, place);
  if (view !== undefined) return keyOf(view);
  const uids = [...(snapshotName === undefined ? [] : [snapshot(rig, snapshotName)]), ...rig.snapshots.values()].map((taken) =>
    valueAt(taken.services.get(placeOf(place)), '/metadata/uid'),
  );
  const uid = uids.find((found) => typeof found === 'string');
  if (uid === undefined) throw new Error(`${place.service} is gone and in no snapshot`);
  return `service/${uid}` as LoadBalancerKey; // as serviceLoadBalancer makes it
}

/** Whether the Service serves what it served at that moment; so does one that is gone. */
function hasSamePorts(rig: Rig, place: Place, since: string | undefined): boolean {
  const portsOf = (object: JsonObject | undefined): string =>
    JSON.stringify([valueAt(object, '/spec/ports') ?? []].flat().map((port) => [valueAt(port, '/protocol'), valueAt(port, '/port')]));
  const now = rig.cluster(place.cluster).object(place.namespace ?? 'default', place.service);
  if (now === undefined || since === undefined) return true;
  return portsOf(now) === portsOf(snapshot(rig, since).services.get(placeOf(place)));
}

function fits(step: AnyStep, { verb, membersOnly, disruption }: StepFilter): boolean {
  return (
    (verb === undefined || step.verb === verb) &&
    (membersOnly === undefined || (step.membersOnly === true) === membersOnly) &&
    (disruption === undefined || step.disruption === disruption)
  );
}
