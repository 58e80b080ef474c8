import type { Reason } from '../reasons.ts';
import type { Json } from './json.ts';
import type { CloudId, FieldPath, ListenerId, LoadBalancerKey, ServiceUid, StepId } from './ids.ts';
import type { Marks } from './owner.ts';

/** What clients of the load balancer notice of a step, from nothing to everything. */
export const disruptions = ['none', 'drains', 'drops-connections', 'changes-address', 'destroys'] as const;
export type Disruption = (typeof disruptions)[number];

/**
 * One mutation of the cloud, as data. `op` is the provider's own and is replayed to `Provider.apply`; the rest is what
 * core needs to order, judge, show and repeat it.
 */
export interface Step<Op> {
  /** The same each time the same change is planned: `pool/TCP/80/members`. */
  readonly id: StepId;
  /** Steps that must have succeeded before this one. */
  readonly after: readonly StepId[];
  readonly verb: 'create' | 'update' | 'delete';
  readonly resource: { readonly kind: string; readonly name: string; readonly id?: string };
  /** One line a person can judge. */
  readonly summary: string;
  readonly proof: Proof;
  /** May it be repeated after a lost reply at once, or only when the cloud's `settleMs` has shown whether it happened? */
  readonly repeat: 'safe' | 'after-settle';
  /** Members and node ports of existing listeners only: needs no record ahead, and is all that a `Frozen` want may get. */
  readonly membersOnly?: true;
  /** Addresses that end with this step and have a successor. */
  readonly releases?: readonly string[];
  readonly disruption: Disruption;
  /** What is lost; must be there for `drops-connections`, `changes-address` and `destroys`. */
  readonly claim?: Claim;
  /** JSON; an input made by an earlier step is `{ from: StepId, output: string }`. */
  readonly op: Op;
}

/** Why this step may touch what it touches. Plain data; the guard compares it with the owner. */
export type Proof =
  /** The thing carries these marks. */
  | { readonly marks: Marks; readonly on: CloudId }
  /** The thing is not ours yet, and this Service asked for it to be taken. */
  | { readonly consent: ServiceUid; readonly to: CloudId }
  /** The thing is made by this step and carries these marks from its first moment. */
  | { readonly willMark: Marks };

/** What is lost and which fields asked for it: the same while nodes churn and versions change, so that a code stays good. */
export interface Claim {
  /** Listeners, addresses, things; each with the cloud's id where it has one. No members, versions or times. */
  readonly loses: readonly string[];
  readonly because: readonly { readonly field: FieldPath; readonly from: string; readonly to: string }[];
}

/** Why a want cannot be had. */
export interface Refusal {
  readonly reason: Reason;
  readonly text: string;
  readonly field?: FieldPath;
  readonly remedy?: string;
  /** The listener it is about, where it is one. */
  readonly listener?: ListenerId;
}

/** Something that must happen first and is not ours to do. */
export interface Wait {
  readonly reason: Reason;
  readonly text: string;
  /** When to look again; absent = the provider's `changes` says, or the back-off. */
  readonly retryAfterMs?: number;
  /** The unit whose pass must finish first. */
  readonly on?: LoadBalancerKey;
}

/** What must change. Finished = no step and no wait; with a refusal there are no steps. */
export interface Plan<Op> {
  readonly steps: readonly Step<Op>[];
  readonly refusals: readonly Refusal[];
  readonly wait?: Wait;
}

/** A plan whose operations are opaque: all that core ever sees. */
export type AnyPlan = Plan<Json>;
export type AnyStep = Step<Json>;

/** An input of an operation that an earlier step makes. An alias, because it is plain JSON. */
export type FromStep = {
  readonly from: StepId;
  readonly output: string;
};
