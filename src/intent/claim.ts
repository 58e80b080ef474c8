import type { ClassId } from '../model/ids.ts';
import { classOfFinalizer, sharedFinalizer, sharesFinalizer, type LoadBalancerClass } from '../model/load-balancer-class.ts';
import type { ServiceView } from '../model/service-view.ts';
import type { Reason } from '../reasons.ts';
import { controlKeys, ourPrefix } from '../settings/portable.ts';

/** Whose business a Service is. */
export type Claimed =
  /** Ours. `wanted`: it should have a load balancer; else what it has is to be taken away, or, where it is released, left to others. */
  | { readonly kind: 'ours'; readonly class: LoadBalancerClass; readonly by: 'finalizer' | 'class' | 'default'; readonly wanted: boolean }
  /** Classless, and another controller's load-balancer finalizer says that it is served already. */
  | { readonly kind: 'held'; readonly class: LoadBalancerClass; readonly finalizer: string }
  /** Served by a class of ours that this configuration does not have: nothing is released, nothing touched. */
  | { readonly kind: 'left-behind'; readonly classId: ClassId }
  | { readonly kind: 'foreign'; readonly why: 'not-load-balancer' | 'other-class' | 'no-default-class' | 'deleting' | 'released' };

/** Finalizers by which other controllers say that they made a load balancer for a Service. */
const othersFinalizers: readonly string[] = [
  sharedFinalizer,
  'service.k8s.aws/resources',
  'networking.gke.io/l4-ilb-v1',
  'gke.networking.io/l4-ilb-v1',
  'gke.networking.io/l4-ilb-v2',
  'gke.networking.io/l4-netlb-v1',
  'gke.networking.io/l4-netlb-v2',
];

/** Whether its owner wants the load balancer left to others (`portolan.dev/release: "true"`). */
export const isReleased = ({ annotations }: ServiceView): boolean => annotations[controlKeys.release] === 'true';

/**
 * Whose business this Service is, from the Service and the configured classes alone (design §3.1, contract 1A, D3, 1G).
 * Our finalizer decides before the class field: the API server wipes that field on a type change.
 */
export function claimOf(service: ServiceView, classes: readonly LoadBalancerClass[]): Claimed {
  const marked = classes.find(({ finalizer }) => service.finalizers.includes(finalizer));
  if (marked !== undefined && !sharesFinalizer(marked)) return served(service, marked, classes);
  const missing = service.finalizers.map(classOfFinalizer).find((id) => id !== undefined);
  if (missing !== undefined) return { kind: 'left-behind', classId: missing };
  if (marked !== undefined) return servedBySome(service, marked);

  if (service.type !== 'LoadBalancer') return { kind: 'foreign', why: 'not-load-balancer' };
  const named = service.loadBalancerClass;
  const found = classes.find((candidate) => (named === undefined ? candidate.default : candidate.name === named));
  if (found === undefined) return { kind: 'foreign', why: named === undefined ? 'no-default-class' : 'other-class' };
  // Never ensured again, and a new finalizer would be rejected (contract B10).
  if (service.deleting) return { kind: 'foreign', why: 'deleting' };
  const by = named === undefined ? 'default' : 'class';
  if (isReleased(service)) {
    // The record goes last: while it stands, things of it may carry our marks, also where somebody took the finalizer off.
    // Other words of ours are from before, and none of them holds any more.
    const unfinished = service.conditions.some(
      ({ type, reason }) => type.startsWith(ourPrefix) && reason !== ('Released' satisfies Reason),
    );
    return unfinished ? { kind: 'ours', class: found, by, wanted: false } : { kind: 'foreign', why: 'released' };
  }
  if (named !== undefined) return { kind: 'ours', class: found, by, wanted: true };
  const holder = service.finalizers.find((finalizer) => othersFinalizers.includes(finalizer) && finalizer !== found.finalizer);
  if (holder !== undefined) return { kind: 'held', class: found, finalizer: holder };
  return { kind: 'ours', class: found, by, wanted: true };
}

/**
 * A Service with the finalizer that all cloud-controller-managers share. One that names a class is another controller's,
 * which only borrowed the finalizer (contract G5). What remains after a type change or a deletion may be another's as
 * well: cleanup looks for marks of ours before it takes the finalizer off.
 */
function servedBySome(service: ServiceView, marked: LoadBalancerClass): Claimed {
  if (service.loadBalancerClass !== undefined) return { kind: 'foreign', why: 'other-class' };
  const holder = service.finalizers.find((finalizer) => othersFinalizers.includes(finalizer) && finalizer !== marked.finalizer);
  if (holder !== undefined) return { kind: 'held', class: marked, finalizer: holder };
  const wanted = service.type === 'LoadBalancer' && !service.deleting && !isReleased(service);
  return { kind: 'ours', class: marked, by: 'finalizer', wanted };
}

/**
 * A Service that carries the finalizer of a class we run keeps that class until the finalizer is off, also where it has lost
 * the class field or the class is no longer the default one. A class field that names neither this class nor another of
 * ours is a class renamed in the configuration, or a Service re-created under another controller's class by way of a type
 * change. The first must lose nothing, the second has nothing published (the API server emptied its status): so what is
 * published decides.
 */
function served(service: ServiceView, marked: LoadBalancerClass, classes: readonly LoadBalancerClass[]): Claimed {
  const ours = (wanted: boolean): Claimed => ({ kind: 'ours', class: marked, by: 'finalizer', wanted });
  if (service.deleting || service.type !== 'LoadBalancer' || isReleased(service)) return ours(false);
  const named = service.loadBalancerClass;
  if (named === undefined || named === marked.name) return ours(true);
  const movedToOurs = classes.some(({ name }) => name === named);
  if (movedToOurs || service.ingress.length === 0) return ours(false);
  return { kind: 'left-behind', classId: marked.id };
}
