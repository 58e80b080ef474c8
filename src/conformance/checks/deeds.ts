import type { JsonObject } from '../../model/json.ts';
import type { Check, Deed } from '../case.ts';
import { keyOf } from '../cluster.ts';
import { valueAt } from '../json-pointer.ts';
import type { Rig } from '../rig.ts';
import type { ApiWrite, TraceEntry } from '../trace.ts';
import { snapshot, viewOf, type Seen } from './service-checks.ts';

type Of<Name extends Check['check']> = Extract<Check, { readonly check: Name }>;

/** What was done for a Service came in this order. */
export function order(rig: Rig, check: Of<'order'>): Seen {
  const entries = rig.trace.entries.slice(check.since === undefined ? 0 : snapshot(rig, check.since).trace);
  const done = entries.map((entry) => deedsOf(rig, check, entry));
  const seen = `what was done is ${done.flat().map(nameOf).join(', ')}`;
  let after = -1;
  for (const deed of check.of) {
    const places = done.flatMap((deeds, index) => (deeds.some((other) => nameOf(other) === nameOf(deed)) ? [index] : []));
    const [first] = places;
    if (first === undefined) return `${seen}: no ${nameOf(deed)}`;
    if (first < after) return `${seen}: ${nameOf(deed)} is too early`;
    after = deed === 'observe' ? first : (places.at(-1) ?? first);
  }
  return undefined;
}

/** How the Service was written, as far as the requests tell. */
export function patches(rig: Rig, check: Of<'patches'>): Seen {
  const { service, namespace = 'default', since, atLeast = 0, without = [] } = check;
  const path = `/namespaces/${namespace}/services/${service}`;
  const writes = rig.trace
    .writes(since === undefined ? 0 : snapshot(rig, since).trace)
    .filter((write) => `${pathOf(write)}/`.includes(`${path}/`));
  for (const write of writes) {
    if (write.method !== 'PATCH' || !pathOf(write).endsWith(`${path}/status`)) return `there was a ${write.method} ${pathOf(write)}`;
    const place = without.find((pointer) => valueAt(bodyOf(write), pointer) !== undefined);
    if (place !== undefined) return `a patch holds ${place}: ${write.body}`;
  }
  return writes.length >= atLeast ? undefined : `there were ${writes.length} patches`;
}

function deedsOf(rig: Rig, check: Of<'order'>, entry: TraceEntry): readonly Deed[] {
  const view = viewOf(rig, check);
  if (entry.kind === 'call') {
    const about = entry.key !== undefined && (view === undefined || entry.key === keyOf(view));
    return about && (entry.verb === 'observe' || entry.verb === 'apply') ? [entry.verb] : [];
  }
  if (entry.kind === 'act' || entry.status >= 300) return [];
  const { service, namespace = 'default' } = check;
  if (pathOf(entry).includes('/events')) return eventOf(bodyOf(entry), service);
  return pathOf(entry).endsWith(`/namespaces/${namespace}/services/${service}/status`) ? writtenBy(bodyOf(entry)) : [];
}

function eventOf(body: JsonObject, service: string): readonly Deed[] {
  const reason = valueAt(body, '/reason');
  return typeof reason === 'string' && valueAt(body, '/involvedObject/name') === service ? [{ event: reason }] : [];
}

/** What a strategic merge patch of a status does. */
function writtenBy(body: JsonObject): readonly Deed[] {
  const deeds: Deed[] = [];
  const addresses = valueAt(body, '/status/loadBalancer/ingress');
  if (valueAt(body, '/metadata/finalizers') !== undefined) deeds.push('finalizer-on');
  if (addresses === null) deeds.push('address-off');
  else if (addresses !== undefined) deeds.push('address-on');
  if (valueAt(body, '/metadata/$deleteFromPrimitiveList~1finalizers') !== undefined) deeds.push('finalizer-off');
  return deeds;
}

const nameOf = (deed: Deed): string => (typeof deed === 'string' ? deed : `event ${deed.event}`);
const pathOf = ({ path }: ApiWrite): string => path.split('?')[0] ?? path;
const bodyOf = ({ body = '{}' }: ApiWrite): JsonObject => JSON.parse(body) as JsonObject; // what a controller sent as JSON
