import type { Clock } from '../../../src/clock.ts';
import type { LoadBalancerKey } from '../../../src/model/ids.ts';
import type { Ec2Instance, Ec2Reads } from '../api/ec2.ts';

/** For how long an instance that does not run is left out before it is asked for again; doubled each time. */
const leftOutMs = { first: 60_000, most: 600_000 } as const;
/** DescribeInstances takes 1000 ids; this keeps its answer small. */
const askedAtOnce = 200;

interface LeftOut {
  readonly until: number;
  readonly forMs: number;
}

/**
 * Which nodes cannot be targets now. Amazon refuses a whole batch for one instance that does not run: then all of it are
 * asked for, and those that do not run are left out for a while, so that they hinder nobody.
 */
export class Instances {
  readonly #ec2: Pick<Ec2Reads, 'instances'>;
  readonly #clock: Clock;
  /** Time has come to try again for this load balancer. */
  readonly #tryAgain: (key: LoadBalancerKey) => void;
  readonly #suspects = new Set<string>();
  readonly #leftOut = new Map<string, LeftOut>();
  readonly #waiting = new Set<LoadBalancerKey>();
  #cancel: (() => void) | undefined;

  constructor(ec2: Pick<Ec2Reads, 'instances'>, clock: Clock, tryAgain: (key: LoadBalancerKey) => void) {
    this.#ec2 = ec2;
    this.#clock = clock;
    this.#tryAgain = tryAgain;
  }

  /** One of these was refused, for this load balancer; which one, nobody says. */
  suspect(ids: readonly string[], key: LoadBalancerKey): void {
    for (const id of ids) this.#suspects.add(id);
    this.#waiting.add(key);
  }

  /** Those that cannot be targets now, sorted. Asks for what is not known of them. @throws LbError of the read */
  async unusable(signal: AbortSignal): Promise<readonly string[]> {
    const now = this.#clock.monotonic();
    const over = [...this.#leftOut].filter(([, { until }]) => until <= now).map(([id]) => id);
    const asked = [...new Set([...this.#suspects, ...over])];
    if (asked.length > 0) await this.#ask(asked, signal);
    return [...this.#leftOut.keys()].sort();
  }

  /** The instances of these ids that EC2 knows. @throws LbError of the read */
  async known(ids: readonly string[], signal: AbortSignal): Promise<readonly Ec2Instance[]> {
    const found: Ec2Instance[] = [];
    for (let first = 0; first < ids.length; first += askedAtOnce)
      found.push(...(await this.#ec2.instances(ids.slice(first, first + askedAtOnce), { signal })));
    return found;
  }

  close(): void {
    this.#cancel?.();
  }

  async #ask(ids: readonly string[], signal: AbortSignal): Promise<void> {
    const found = await this.known(ids, signal);
    const running = new Set(found.filter(({ state }) => state === 'running').map(({ id }) => id));
    const now = this.#clock.monotonic();
    for (const id of ids) {
      this.#suspects.delete(id);
      const before = this.#leftOut.get(id);
      if (running.has(id)) this.#leftOut.delete(id);
      else {
        const forMs = before === undefined ? leftOutMs.first : Math.min(before.forMs * 2, leftOutMs.most);
        this.#leftOut.set(id, { until: now + forMs, forMs });
      }
    }
    if (this.#leftOut.size > 0) this.#wakeAt(Math.min(...[...this.#leftOut.values()].map(({ until }) => until)) - now);
  }

  /** All that may lack one of them look again; who still lacks one waits on. */
  #wakeAt(ms: number): void {
    this.#cancel?.();
    this.#cancel = this.#clock.after(ms, () => {
      for (const key of this.#waiting) this.#tryAgain(key);
      this.#waiting.clear();
    });
  }
}
