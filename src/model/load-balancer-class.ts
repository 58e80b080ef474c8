import type { ClassId, ProviderName } from './ids.ts';
import type { Disruption } from './plan.ts';

/** A class as configured: which Services are taken, by which provider, and what may be done to them unasked. */
export interface LoadBalancerClass {
  /** For ever: it is in the finalizer. */
  readonly id: ClassId;
  /** `spec.loadBalancerClass`. Absent: it takes classless Services only, as a cloud-controller-manager does (contract G1). */
  readonly name?: string;
  /** What it puts on a Service before it makes anything for it. */
  readonly finalizer: string;
  /** Takes classless Services too; one class at most. */
  readonly default: boolean;
  readonly provider: ProviderName;
  /** `plan-only`: conditions and events, no finalizer, no cloud write. */
  readonly mode: 'apply' | 'plan-only';
  /** Parsed by the provider's and the portable rows, by row name; only what the configuration sets. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly guard: GuardPolicy;
  /** For how long an address that has a successor is still served after no status names it, in milliseconds. */
  readonly handoverMs: number;
}

/** Per disruption: go ahead, or ask. */
export type GuardPolicy = Readonly<Record<Disruption, 'allow' | 'approve'>>;

/** Class mode's default: what loses an address or destroys is asked for. */
export const defaultGuard: GuardPolicy = {
  none: 'allow',
  drains: 'allow',
  'drops-connections': 'allow',
  'changes-address': 'approve',
  destroys: 'approve',
};

const finalizerPrefix = 'portolan.dev/lb.';

/** The finalizer of a class of our own: the class is in it because the API server wipes the class field on a type change. */
export const finalizerOf = (id: ClassId): string => `${finalizerPrefix}${id}`;

/** The finalizer of every cloud-controller-manager. On a Service it says that some controller made something, not which one (contract G5). */
export const sharedFinalizer = 'service.kubernetes.io/load-balancer-cleanup';

/** Whether the finalizer of a class proves nothing about who serves a Service. */
export const sharesFinalizer = ({ finalizer }: LoadBalancerClass): boolean => finalizer === sharedFinalizer;

/** The class id of one of our own finalizers; undefined for any other finalizer. */
export function classOfFinalizer(finalizer: string): ClassId | undefined {
  return finalizer.startsWith(finalizerPrefix) ? (finalizer.slice(finalizerPrefix.length) as ClassId) : undefined; // made by finalizerOf
}
