import type { ClassId, LoadBalancerKey } from '../model/ids.ts';

/**
 * Lets a change nobody made to a Service roll over the load balancers of a class one at a time, and stops at the first failure: the
 * others wait until the one that failed has come through.
 */
export class ClassRoll {
  readonly #waiting = new Set<LoadBalancerKey>();
  #at: LoadBalancerKey | undefined;

  /** Whether this key may go now; else it waits until `leave` gives it back. */
  enter(key: LoadBalancerKey): boolean {
    if (this.#at !== undefined && this.#at !== key) {
      this.#waiting.add(key);
      return false;
    }
    this.#at = key;
    this.#waiting.delete(key);
    return true;
  }

  /**
   * The key's pass ended, whatever it was about. Gives the key that may go next; while one is busy or has failed nobody may.
   */
  leave(key: LoadBalancerKey, came: 'through' | 'busy' | 'failed'): LoadBalancerKey | undefined {
    this.#waiting.delete(key);
    if (this.#at === key && came === 'through') this.#at = undefined;
    if (this.#at !== undefined) return undefined;
    const [next] = this.#waiting;
    return next;
  }
}

/** One roll per class: a provider in trouble holds up nobody else's. */
export function classRolls(): (id: ClassId) => ClassRoll {
  const rolls = new Map<ClassId, ClassRoll>();
  return (id) => {
    const roll = rolls.get(id) ?? new ClassRoll();
    rolls.set(id, roll);
    return roll;
  };
}
