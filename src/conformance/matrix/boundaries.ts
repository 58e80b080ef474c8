import type { Crossing, Incarnation, OnCrossing } from '../incarnation.ts';

export type Side = 'before' | 'after';

/** A moment at which a process can die: just before a request or call leaves, or just after its answer came. */
export interface Boundary {
  readonly side: Side;
  readonly kind: Crossing['kind'];
  readonly what: string;
}

export const boundaryText = ({ side, what }: Boundary): string => `${side} ${what}`;

/** Writes down the boundaries that are passed while it is on, and may be told to do something at one of them. */
export class Boundaries {
  readonly passed: Boundary[] = [];
  #on = false;
  #plan: { readonly at: number; readonly act: (incarnation: Incarnation) => void } | undefined;

  /** To be given to a rig. */
  readonly onCrossing: OnCrossing = ({ kind, what }, side, incarnation) => {
    if (!this.#on) return;
    const index = this.passed.push({ side, kind, what }) - 1;
    if (this.#plan?.at === index) this.#plan.act(incarnation);
  };

  /** From now on; `act` happens when the boundary with this index is passed. */
  start(at?: number, act: (incarnation: Incarnation) => void = () => {}): void {
    this.#on = true;
    this.#plan = at === undefined ? undefined : { at, act };
  }

  stop(): void {
    this.#on = false;
  }
}
