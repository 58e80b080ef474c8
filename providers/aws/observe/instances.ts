import type { Clock } from '../../../src/clock.ts';
import type { LoadBalancerKey } from '../../../src/model/ids.ts';
import type { Ec2Instance, Ec2Reads } from '../api/ec2.ts';

/** For how long an instance that cannot be a target is left out before it is asked for again; doubled each time. */
const leftOutMs = { first: 60_000, most: 600_000 } as const;
/** DescribeInstances takes 1000 ids; this keeps its answer small. */
const askedAtOnce = 200;

export interface InstanceParts {
  readonly ec2: Pick<Ec2Reads, 'instances'>;
  readonly clock: Clock;
  /** That of the load balancers, once it is known: an instance of another is no target of theirs. */
  readonly vpcId: () => string | undefined;
  /** Time has come to try again for this load balancer. */
  readonly tryAgain: (key: LoadBalancerKey) => void;
}

interface LeftOut {
  readonly until: number;
  readonly forMs: number;
}

/**
 * Which nodes cannot be targets now. Amazon refuses a whole batch for one instance that does not run: then all of it are
 * asked for, and those that do not run are left out for a while, so that they hinder nobody.
 */
export class Instances {
  readonly #parts: InstanceParts;
  readonly #suspects = new Set<string>();
  readonly #leftOut = new Map<string, LeftOut>();
  /** Which of those that are left out each load balancer lacks, as it last looked. */
  readonly #lacking = new Map<LoadBalancerKey, readonly string[]>();
  #asking: Promise<void> | undefined;
  #cancel: (() => void) | undefined;
  #isClosed = false;

  constructor(parts: InstanceParts) {
    this.#parts = parts;
  }

  /** One of these was refused; which one, nobody says. */
  suspect(ids: readonly string[]): void {
    for (const id of ids) this.#suspects.add(id);
  }

  /**
   * Those of these members of a load balancer that cannot be targets now, sorted. Asks for what is not known of them, once
   * for all that want to know at one time.
   * @throws LbError of the read
   */
  async unusable(key: LoadBalancerKey, members: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    while (this.#doubtful(members).length > 0) {
      if (this.#asking === undefined) await this.#begin(members, signal);
      else await this.#asking.catch(() => {}); // its own callers are told
    }
    const lacks = members.filter((id) => this.#leftOut.has(id)).sort();
    if (lacks.length > 0) this.#lacking.set(key, lacks);
    else this.forget(key);
    return lacks;
  }

  /** It is gone, or lacks none of them: what nobody lacks is not asked for any more. */
  forget(key: LoadBalancerKey): void {
    if (!this.#lacking.delete(key)) return;
    const lacked = new Set([...this.#lacking.values()].flat());
    for (const id of this.#leftOut.keys()) if (!lacked.has(id)) this.#leftOut.delete(id);
    this.#wakeInTime();
  }

  /** The instances of these ids that EC2 knows. @throws LbError of the read */
  async known(ids: readonly string[], signal: AbortSignal): Promise<readonly Ec2Instance[]> {
    const found: Ec2Instance[] = [];
    for (let first = 0; first < ids.length; first += askedAtOnce)
      found.push(...(await this.#parts.ec2.instances(ids.slice(first, first + askedAtOnce), { signal })));
    return found;
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel?.();
  }

  #doubtful(ids: readonly string[]): readonly string[] {
    const now = this.#parts.clock.monotonic();
    return ids.filter((id) => this.#suspects.has(id) || (this.#leftOut.get(id)?.until ?? Number.POSITIVE_INFINITY) <= now);
  }

  #begin(members: readonly string[], signal: AbortSignal): Promise<void> {
    const all = new Set([...members, ...this.#suspects, ...this.#leftOut.keys()]);
    this.#asking = this.#ask(this.#doubtful([...all]), signal).finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  async #ask(ids: readonly string[], signal: AbortSignal): Promise<void> {
    const found = await this.known(ids, signal);
    const { clock } = this.#parts;
    const vpcId = this.#parts.vpcId();
    const usable = found.filter((instance) => instance.state === 'running' && instance.vpcId === (vpcId ?? instance.vpcId));
    const running = new Set(usable.map(({ id }) => id));
    const now = clock.monotonic();
    for (const id of ids) {
      this.#suspects.delete(id);
      const before = this.#leftOut.get(id);
      if (running.has(id)) this.#leftOut.delete(id);
      else {
        const forMs = before === undefined ? leftOutMs.first : Math.min(before.forMs * 2, leftOutMs.most);
        this.#leftOut.set(id, { until: now + forMs, forMs });
      }
    }
    this.#wakeInTime();
  }

  /** When one of them is to be asked for again, all that lack one look again. */
  #wakeInTime(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#isClosed || this.#leftOut.size === 0) return;
    const { clock, tryAgain } = this.#parts;
    const until = Math.min(...[...this.#leftOut.values()].map((one) => one.until));
    this.#cancel = clock.after(Math.max(until - clock.monotonic(), 0), () => {
      for (const key of this.#lacking.keys()) tryAgain(key);
    });
  }
}
