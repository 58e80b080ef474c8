import { membersDigest, type ToyLoadBalancer } from './toy-cloud.ts';

/** What reached the toy cloud since it was asked to count anew. */
export interface ToyCounts {
  readonly reads: number;
  /** Calls that may change something. */
  readonly writes: number;
  /** Those of them that did. */
  readonly changes: number;
  readonly byVerb: Readonly<Record<string, number>>;
  /** The most changes one load balancer got. */
  readonly mostChangesOfOne: number;
  readonly mostAtOnce: number;
  /** Those under way. */
  readonly open: number;
  readonly loadBalancers: number;
  /** How many load balancers there are with these members. */
  readonly byMembers: Readonly<Record<string, number>>;
}

export class CallCounts {
  #reads = 0;
  #writes = 0;
  #changes = 0;
  #open = 0;
  #mostAtOnce = 0;
  readonly #byVerb = new Map<string, number>();
  readonly #byKey = new Map<string, number>();
  /** Lists of members are replaced, never edited. */
  readonly #digests = new WeakMap<readonly string[], string>();

  /** A call came in; the function returned is told, once, which load balancer it changed. */
  begin(verb: string, mutates: boolean): (changed: string | undefined) => void {
    if (mutates) this.#writes++;
    else this.#reads++;
    this.#byVerb.set(verb, (this.#byVerb.get(verb) ?? 0) + 1);
    this.#open++;
    this.#mostAtOnce = Math.max(this.#mostAtOnce, this.#open);
    return (changed) => {
      this.#open--;
      if (changed === undefined) return;
      this.#changes++;
      this.#byKey.set(changed, (this.#byKey.get(changed) ?? 0) + 1);
    };
  }

  /** Calls under way are counted where they began. */
  reset(): void {
    this.#reads = 0;
    this.#writes = 0;
    this.#changes = 0;
    this.#mostAtOnce = this.#open;
    this.#byVerb.clear();
    this.#byKey.clear();
  }

  told(balancers: readonly ToyLoadBalancer[]): ToyCounts {
    const byMembers: Record<string, number> = {};
    for (const { members } of balancers) {
      const digest = this.#digestOf(members);
      byMembers[digest] = (byMembers[digest] ?? 0) + 1;
    }
    return {
      reads: this.#reads,
      writes: this.#writes,
      changes: this.#changes,
      byVerb: Object.fromEntries(this.#byVerb),
      mostChangesOfOne: Math.max(0, ...this.#byKey.values()),
      mostAtOnce: this.#mostAtOnce,
      open: this.#open,
      loadBalancers: balancers.length,
      byMembers,
    };
  }

  #digestOf(members: readonly string[]): string {
    const known = this.#digests.get(members);
    if (known !== undefined) return known;
    const digest = membersDigest(members);
    this.#digests.set(members, digest);
    return digest;
  }
}
