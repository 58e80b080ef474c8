import type { Marks } from '../../../../src/model/owner.ts';
import type { ToyListener, ToyListeners, ToyLoadBalancer, ToyWish } from '../toy-cloud.ts';
import { membersDigest } from '../toy-cloud.ts';

/** One change of the toy cloud; whose load balancer it is about stands in the proof of its step. */
export type Operation =
  | { readonly do: 'put'; readonly wish: ToyWish }
  | { readonly do: 'members'; readonly members: readonly string[] }
  | { readonly do: 'listener'; readonly name: string; readonly listener: ToyListener | null }
  | { readonly do: 'release' }
  | { readonly do: 'delete' };

/** What `plan` and `report` know of the cloud. */
export interface Have {
  /** Null where there is none of this owner; always said, so that nothing is never taken for an answer. */
  readonly balancer: HadBalancer | null;
}

export interface HadBalancer {
  readonly id: string;
  readonly address: string;
  readonly marks: Marks;
  readonly listeners: ToyListeners;
  /** Digest of the names of its nodes. */
  readonly members: string;
}

/** Small: five hundred names of nodes are one digest. */
export const haveOf = (balancer: ToyLoadBalancer | undefined): Have => ({
  balancer: balancer === undefined ? null : { ...balancer, members: membersDigest(balancer.members) },
});
