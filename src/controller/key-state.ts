import { inputDigestOf } from '../intent/input.ts';
import { digestOf } from '../model/digest.ts';
import type { Digest, LoadBalancerKey } from '../model/ids.ts';
import { sameIngress, type Ingress } from '../model/ingress.ts';
import type { LoadBalancerClass } from '../model/load-balancer-class.ts';
import type { ServiceView } from '../model/service-view.ts';
import type { NodeSelector } from '../settings/node-selector.ts';
import type { ConditionWish } from './conditions.ts';
import { shownBefore, type HealthHold } from './health-hold.ts';

/** What the controller remembers of one load balancer between passes. All of it can be lost: a restart costs reads, no writes. */
export interface KeyState {
  readonly key: LoadBalancerKey;
  /** The newest version known: from the watch, or from the answer to our own patch where that is newer. */
  view: ServiceView;
  /** The Service is gone from the API server; `view` is its last version. */
  vanished: boolean;
  /** The class that served it last. */
  class: LoadBalancerClass | undefined;
  /** The version the last pass began with, with our own finalizer since as we left it. */
  seen: ServiceView | undefined;
  /** What we wrote last into its status. */
  wrote: { readonly ingress: readonly Ingress[]; readonly conditions: readonly ConditionWish[] } | undefined;
  /** A user's edit is waiting for a pass. */
  edited: boolean;
  /** Something asked for a look at the cloud: drift check, provider, doubt. */
  lookAgain: boolean;
  /** A change came in while a pass ran. */
  recheck: boolean;
  /** Monotonic time of the last live look; undefined = never looked since start. */
  observedAt: number | undefined;
  /** Monotonic time at which a status written over by somebody else was last put right at once. */
  repairedAt: number | undefined;
  /** Monotonic time of the last unknown outcome. */
  doubtSince: number | undefined;
  /** The last pass that could see found something of it in the cloud. */
  hasThings: boolean;
  /** The unknown outcome may be a deletion: what is still there may be taken away any moment. */
  removalInDoubt: boolean;
  /** A deletion was begun and goes on by itself: the last pass waited, or made progress. */
  removalGoesOn: boolean;
  /** Monotonic time of the first step towards the present spec. */
  firstStepAt: number | undefined;
  /** Passes in a row that made progress but did not finish. */
  progress: number;
  /** Since when (monotonic) no status names an address that once was published. */
  readonly unpublishedAt: Map<string, number>;
  /** Which nodes it wants, as the last pass read it. */
  selector: NodeSelector;
  health: HealthHold;
}

export function newKeyState(key: LoadBalancerKey, view: ServiceView): KeyState {
  return {
    key,
    view,
    vanished: false,
    class: undefined,
    seen: undefined,
    wrote: undefined,
    edited: false,
    lookAgain: false,
    recheck: false,
    observedAt: undefined,
    repairedAt: undefined,
    doubtSince: undefined,
    hasThings: false,
    removalInDoubt: false,
    removalGoesOn: false,
    firstStepAt: undefined,
    progress: 0,
    unpublishedAt: new Map(),
    selector: [],
    health: shownBefore(view.conditions),
  };
}

export const approveAnnotation = 'portolan.dev/approve';

/** Everything of a Service whose change is a reason to look at it again (design §3). Status is judged apart. */
export function triggerDigest(service: ServiceView): Digest {
  return digestOf({
    input: inputDigestOf(service),
    type: service.type,
    class: service.loadBalancerClass,
    deleting: service.deleting,
    finalizers: service.finalizers,
    approve: service.annotations[approveAnnotation],
  });
}

/** Whether the status still says what we wrote; true where we have written nothing yet. */
export function statusAsWritten(state: KeyState, service: ServiceView): boolean {
  const { wrote } = state;
  if (wrote === undefined) return true;
  if (!sameIngress(wrote.ingress, service.ingress)) return false;
  return wrote.conditions.every((wish) => service.conditions.some((condition) => sameCondition(condition, wish)));
}

export const sameCondition = (a: ConditionWish, b: ConditionWish): boolean =>
  a.type === b.type && a.status === b.status && a.reason === b.reason && a.message === b.message;

type Versioned = Pick<ServiceView, 'resourceVersion'>;

/** Whether a version is newer than (or the same as) another; versions that are no numbers are taken to be newer. */
export function isNewer(candidate: Versioned, than: Versioned): boolean {
  const [a, b] = [candidate.resourceVersion, than.resourceVersion];
  return !/^\d+$/.test(a) || !/^\d+$/.test(b) || BigInt(a) >= BigInt(b);
}
