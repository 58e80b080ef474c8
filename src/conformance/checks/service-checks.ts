import type { Condition } from '../../model/condition.ts';
import { digestOf } from '../../model/digest.ts';
import { addressOfIngress, type Ingress } from '../../model/ingress.ts';
import type { JsonObject } from '../../model/json.ts';
import { classId, serviceLoadBalancer, serviceUid } from '../../model/ids.ts';
import { finalizerOf } from '../../model/load-balancer-class.ts';
import { eventKey } from '../event-key.ts';
import { filledIn } from '../filled-in.ts';
import { valueAt } from '../json-pointer.ts';
import type { Check } from '../case.ts';
import type { Rig, Snapshot } from '../rig.ts';
import { hasFamilies, whyNotIngress } from './ingress-form.ts';

type Of<Name extends Check['check']> = Extract<Check, { readonly check: Name }>;
export interface Place {
  readonly service: string;
  readonly namespace?: string;
  readonly cluster?: 'two';
}

/** Each answers what was seen instead; undefined = it is as it should be. */
export type Seen = string | undefined;

export function condition(rig: Rig, check: Of<'condition'>): Seen {
  const { type, status = 'True', reason, mentions = [] } = check;
  const whole = type.includes('/') || type === 'LoadBalancerPortsError' ? type : `portolan.dev/${type}`;
  const found = viewOf(rig, check)?.conditions.find((candidate) => candidate.type === whole);
  if (status === 'absent') return found === undefined ? undefined : `${whole} is ${found.status} ${found.reason}`;
  if (found === undefined) return `there is no condition ${whole}`;
  if (found.status === 'False' && check.unless === found.reason) return undefined;
  const seen = `${whole} is ${found.status} ${found.reason}: ${found.message}`;
  if (check.same !== undefined) {
    const before = conditionsAt(rig, check, check.same).find((candidate) => candidate.type === whole);
    const said = before === undefined ? 'absent' : `${before.status} ${before.reason}: ${before.message}`;
    return said === `${found.status} ${found.reason}: ${found.message}` ? undefined : `${seen}; it was ${said}`;
  }
  const good =
    found.status === status &&
    (reason === undefined || found.reason === reason) &&
    mentions.every((text) => found.message.includes(filledIn(rig, text)));
  return good ? undefined : seen;
}

export function ingress(rig: Rig, check: Of<'ingress'>): Seen {
  const { count, same, differs, addresses, families, wellFormed, mode, ports } = check;
  const now = viewOf(rig, check)?.ingress ?? [];
  const shown = now.map(addressOfIngress);
  const seen = `ingress is [${shown.join(', ')}]`;
  if (count !== undefined && now.length !== count) return seen;
  if (addresses !== undefined && shown.join() !== addresses.join()) return seen;
  const badForm = wellFormed === undefined ? undefined : now.map((entry) => whyNotIngress(rig.simulation, entry)).find(Boolean);
  if (badForm !== undefined) return `${seen}: ${badForm}`;
  if (families !== undefined && !hasFamilies(rig.simulation, now, families, check.orMore === true ? 'or more' : 'exactly')) return seen;
  const otherMode = now.find(({ ip, ipMode }) => mode !== undefined && (ip === undefined ? mode !== 'Proxy' : ipMode !== mode));
  if (otherMode !== undefined) return `${seen}, ${addressOfIngress(otherMode)} with mode ${otherMode.ipMode}`;
  const otherPorts = now.find((entry) => ports !== undefined && digestOf(entry.ports ?? []) !== digestOf(ports));
  if (otherPorts !== undefined) return `${seen}, ${addressOfIngress(otherPorts)} with ports ${JSON.stringify(otherPorts.ports)}`;
  const whose = { ...check, service: check.of ?? check.service };
  if (same !== undefined && shown.join() !== ingressAt(rig, whose, same).join())
    return `${seen}, it was [${ingressAt(rig, whose, same).join(', ')}]`;
  if (differs !== undefined && shown.join() === ingressAt(rig, whose, differs).join()) return `${seen}, as before`;
  return undefined;
}

export function object(rig: Rig, check: Of<'object'>): Seen {
  const { at, equals, absent, matches, same } = check;
  const value = valueAt(objectOf(rig, check), at);
  const seen = `${at} is ${JSON.stringify(value)}`;
  if (absent === true) return value === undefined ? undefined : seen;
  if (equals !== undefined && (value === undefined || digestOf(value) !== digestOf(equals))) return seen;
  if (matches !== undefined && (typeof value !== 'string' || !new RegExp(matches).test(value))) return seen;
  if (same === undefined) return value === undefined ? seen : undefined;
  const before = valueAt(snapshot(rig, same).services.get(placeOf(check)), at);
  return digestOf(value ?? null) === digestOf(before ?? null) ? undefined : `${seen}, it was ${JSON.stringify(before)}`;
}

export function finalizer(rig: Rig, check: Of<'finalizer'>): Seen {
  const wanted = finalizerOf(classId(check.class ?? 'kit'));
  const finalizers = viewOf(rig, check)?.finalizers ?? [];
  return finalizers.includes(wanted) === check.present ? undefined : `finalizers are [${finalizers.join(', ')}]`;
}

export function objectGone(rig: Rig, check: Of<'object-gone'>): Seen {
  const gone = objectOf(rig, check) === undefined;
  return gone === check.gone ? undefined : gone ? 'the Service is gone' : 'the Service is still there';
}

export function events(rig: Rig, check: Of<'events'>): Seen {
  const { since, has = [], hasNot = [], exactly, message } = check;
  const before = since === undefined ? undefined : snapshot(rig, since).events;
  const recent = rig
    .cluster(check.cluster)
    .events(check.namespace ?? 'default', check.service)
    .flatMap((event) => Array.from({ length: event.count - (before?.get(eventKey(placeOf(check), event)) ?? 0) }, () => event));
  const reasons = recent.map(({ reason }) => reason);
  const seen = `events are [${reasons.join(', ')}]`;
  if (exactly !== undefined && reasons.join() !== exactly.join()) return seen;
  if (has.some((reason) => !reasons.includes(reason)) || hasNot.some((reason) => reasons.includes(reason))) return seen;
  const pattern = message === undefined ? undefined : new RegExp(message);
  if (pattern === undefined || recent.some((event) => (has.length === 0 || has.includes(event.reason)) && pattern.test(event.message)))
    return undefined;
  return `messages are [${recent.map((event) => `${event.reason}: ${event.message}`).join(' | ')}]`;
}

/** Looks for anything at all that a controller did about the Service. */
export function leftAlone(rig: Rig, check: Of<'left-alone'>): Seen {
  const { service, namespace = 'default', since } = check;
  const from = since === undefined ? 0 : snapshot(rig, since).trace;
  const path = `/namespaces/${namespace}/services/${service}`;
  const write = rig.trace
    .writes(from)
    .find((entry) => entry.path.split('?')[0]?.endsWith(path) === true || entry.path.includes(`${path}/`));
  if (write !== undefined) return `there was a ${write.method} ${write.path}`;
  const uid = uidOf(rig, check);
  const call = uid === undefined ? undefined : rig.trace.calls(from).find(({ key }) => key === serviceLoadBalancer(serviceUid(uid)));
  if (call !== undefined) return `the provider was called: ${call.verb}`;
  return events(rig, { ...check, check: 'events', exactly: [] });
}

export function viewOf(rig: Rig, { service, namespace = 'default', cluster }: Place) {
  return rig.cluster(cluster).view(namespace, service);
}

/** Also of a Service that is gone; undefined where there never was one. */
export const uidOf = (rig: Rig, { service, namespace = 'default', cluster }: Place): string | undefined =>
  rig.cluster(cluster).view(namespace, service)?.uid ?? rig.cluster(cluster).uidOf(namespace, service);

export const placeOf = ({ service, namespace = 'default', cluster }: Place): string => `${cluster ?? 'one'}/${namespace}/${service}`;

/** @throws Error where the case named no such snapshot. */
export function snapshot(rig: Rig, name: string): Snapshot {
  const found = rig.snapshots.get(name);
  if (found === undefined) throw new Error(`the case has no snapshot ${name}`);
  return found;
}

function objectOf(rig: Rig, { service, namespace = 'default', cluster }: Place): JsonObject | undefined {
  return rig.cluster(cluster).object(namespace, service);
}

function ingressAt(rig: Rig, place: Place, name: string): readonly string[] {
  const entries = valueAt(snapshot(rig, name).services.get(placeOf(place)), '/status/loadBalancer/ingress');
  return Array.isArray(entries) ? (entries as unknown as readonly Ingress[]).map(addressOfIngress) : []; // as the API server stores them
}

function conditionsAt(rig: Rig, place: Place, name: string): readonly Condition[] {
  const all = valueAt(snapshot(rig, name).services.get(placeOf(place)), '/status/conditions');
  return Array.isArray(all) ? all : []; // as the API server stores them
}
