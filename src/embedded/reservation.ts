import type { KubeObject } from './kube-object.ts';

/** An object with what was allocated for it. Exactly one of `commit` and `revert` is called. */
export interface Reservation {
  readonly object: KubeObject;
  /** Gives free what the object before had and this one has not. */
  commit(): void;
  /** Gives free what was taken for this one. */
  revert(): void;
}
