import { claimOf } from '../intent/claim.ts';
import type { OwnedThing } from '../model/capabilities.ts';
import {
  parseLoadBalancerKey,
  providerName,
  serviceOfKey,
  type LoadBalancerKey,
  type ProviderName,
  type ServiceKey,
} from '../model/ids.ts';
import type { LoadBalancerClass } from '../model/load-balancer-class.ts';
import type { ServiceView } from '../model/service-view.ts';
import { readRecord, servedBy } from './record.ts';

/** Who there is that could own something, at this moment. */
export interface AuditScene {
  readonly classes: readonly LoadBalancerClass[];
  /** Names of providers this process runs that have a thing their cluster shares. */
  readonly units: ReadonlySet<ProviderName>;
  service(uid: string): ServiceView | undefined;
  /** UIDs of Services that exist and cannot be read; undefined among them = one of which not even that is known. */
  readonly unreadable: ReadonlySet<string | undefined>;
  /** Why there may be Services by now that are not known here; undefined where all are. */
  readonly outdated: string | undefined;
  /** Whether the controller works on this key now, or remembers it: then it is its business. */
  underWay(key: LoadBalancerKey): boolean;
  /** What another provider found in this very round, as `sameThing`; undefined where it found out nothing. */
  elsewhere(provider: ProviderName): ReadonlySet<string> | undefined;
}

/** `owned`: a Service of ours has it. `stray`: it carries our mark, and nobody has it. `doubt`: nobody can say. */
export type Verdict = 'owned' | 'stray' | 'doubt';

/** All things of one provider with the same key in their mark. They stand and fall together. */
export interface Group {
  readonly key: string;
  readonly verdict: Verdict;
  /** Why it is no Service's, or why that cannot be said. */
  readonly why?: string;
  readonly service?: ServiceKey;
  readonly things: readonly OwnedThing[];
}

/** What stands in one provider's cloud. */
export interface Findings {
  readonly provider: ProviderName;
  readonly groups: readonly Group[];
  /** Under our names, without our mark: to be seen, never to be touched. */
  readonly foreign: readonly OwnedThing[];
}

/** Equal where two inventories show one thing: two clouds may count their things alike, but not name them alike too. */
export const sameThing = ({ kind, id, name }: OwnedThing): string => `${kind} ${id} ${name}`;

export const thingId = ({ kind, id }: OwnedThing): string => `${kind} ${id}`;

/** Says of everything a provider found whose it is. A function of its arguments: it changes nothing and knows no time. */
export function judgeThings(provider: ProviderName, found: readonly OwnedThing[], scene: AuditScene): Findings {
  const byKey = new Map<string, OwnedThing[]>();
  for (const thing of found) {
    if (thing.foreign !== undefined) continue;
    const things = byKey.get(thing.key);
    if (things === undefined) byKey.set(thing.key, [thing]);
    else things.push(thing);
  }
  const groups = [...byKey].map(([key, things]): Group => ({ key, things, ...judge(provider, key, things, scene) }));
  return { provider, groups, foreign: found.filter(({ foreign }) => foreign !== undefined) };
}

type Judged = Pick<Group, 'verdict' | 'why' | 'service'>;
const doubt = (why: string): Judged => ({ verdict: 'doubt', why });

function judge(provider: ProviderName, text: string, things: readonly OwnedThing[], scene: AuditScene): Judged {
  const key = parseLoadBalancerKey(text);
  if (key === undefined) return doubt('its mark names no load balancer');
  if (key.startsWith('cluster/')) {
    const name = providerName(key.slice('cluster/'.length));
    // Another configuration's, maybe: of names that are not run here nothing is ever deleted.
    return scene.units.has(name)
      ? { verdict: 'owned' }
      : doubt(`it is shared by load balancers of a provider ${name}, which does not run here`);
  }
  const uid = serviceOfKey(key);
  if (uid === undefined) return doubt('several Services share it, which this version does not serve');
  const service = scene.service(uid);
  const judged = service === undefined ? nobodys(key, scene) : ofService(provider, key, service, things, scene);
  if (judged.verdict !== 'stray') return judged;
  if (scene.unreadable.has(uid)) return doubt('its Service exists and cannot be read');
  if (scene.outdated !== undefined) return doubt('a Service that is not known yet may have it: Services cannot be watched at present');
  if (scene.unreadable.has(undefined)) return doubt('there is a Service of which nothing can be read, and it may be its');
  return judged;
}

const nobodys = (key: LoadBalancerKey, scene: AuditScene): Judged =>
  scene.underWay(key)
    ? doubt('its Service has just gone, and it is being cleaned up')
    : { verdict: 'stray', why: 'its Service does not exist' };

function ofService(
  provider: ProviderName,
  key: LoadBalancerKey,
  service: ServiceView,
  things: readonly OwnedThing[],
  scene: AuditScene,
): Judged {
  const claim = claimOf(service, scene.classes);
  const name = service.key;
  if (claim.kind === 'left-behind') return doubt(`Service ${name} is of class ${claim.classId}, which is not configured`);
  if (claim.kind === 'ours') {
    const by = servedBy(service, claim.class);
    return by === provider ? { verdict: 'owned', service: name } : moved(by, service, things, scene);
  }
  if (claim.kind === 'foreign' && claim.why === 'released') return doubt(`Service ${name} is released, and this still carries our mark`);
  if (scene.underWay(key)) return doubt(`Service ${name} has just become none of ours, and is being cleaned up`);
  // Somebody may have taken off only the finalizer: what clients use is not called a stray.
  if (service.ingress.length > 0 || readRecord(service.conditions) !== undefined)
    return doubt(`Service ${name} is not ours, but still says that it is served`);
  return { verdict: 'stray', why: `Service ${name} exists and is not ours` };
}

/**
 * Another provider serves the Service. It is a stray here only where that one has finished, so that no status needs this
 * one any more, and where it does not have the very same things: two entries may look at one cloud.
 */
function moved(by: ProviderName, service: ServiceView, things: readonly OwnedThing[], scene: AuditScene): Judged {
  const theirs = scene.elsewhere(by);
  if (theirs === undefined) return doubt(`Service ${service.key} is served by provider ${by}, of which it is not known what it has`);
  if (things.some((thing) => theirs.has(sameThing(thing)))) return { verdict: 'owned', service: service.key };
  const record = readRecord(service.conditions);
  if (record?.applied !== true || record.provider !== by)
    return doubt(`Service ${service.key} is to be served by provider ${by}, and is not yet`);
  return { verdict: 'stray', why: `Service ${service.key} is served by provider ${by}` };
}
