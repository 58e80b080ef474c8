import type { Change, Store } from './store.ts';

/** Does what follows from a change. May write; what it writes comes back to it as further changes. */
export type Controller = (collection: string, change: Change) => void;

/**
 * The controllers that run inside the API: each hears of every change, in order, after the request that made it was
 * carried out and everybody who watches was told.
 */
export class Controllers {
  readonly #controllers: readonly Controller[];
  readonly #pending: { readonly collection: string; readonly change: Change }[] = [];
  #running = false;

  constructor(store: Store, controllers: readonly Controller[]) {
    this.#controllers = controllers;
    store.onChange((collection, change) => this.#pending.push({ collection, change }));
  }

  /** Until nothing is left to do. */
  run(): void {
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next = this.#pending.shift(); next !== undefined; next = this.#pending.shift()) {
        for (const controller of this.#controllers) controller(next.collection, next.change);
      }
    } finally {
      this.#running = false;
    }
  }
}
