import type { Clock } from '../clock.ts';
import { asLbError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { ReachCheckpoint } from '../model/checkpoint.ts';
import type { Digest, LoadBalancerKey } from '../model/ids.ts';
import type { NodeSet } from '../intent/nodes.ts';
import type { NodeSelector } from '../settings/node-selector.ts';

/** Where the digest of the node set that every pool has is kept: an annotation of the Lease. Undefined where there is none. */
export interface EpochMark {
  read(): string | undefined;
  write(value: string): Promise<void>;
}

export interface NodeEpochOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly debounceMs: number;
  readonly mark: EpochMark;
  readonly checkpoint: ReachCheckpoint;
  /** The node set as the store has it now. */
  readonly nodeSet: () => NodeSet;
  /** The load balancers that have members. */
  readonly servedKeys: () => Iterable<LoadBalancerKey>;
  /** Which nodes a load balancer wants, as its last pass read it; empty where it wants all, or nobody has looked yet. */
  readonly selectorOf: (key: LoadBalancerKey) => NodeSelector;
  /** Asks for a pass of each in the background. */
  readonly enqueue: (keys: Iterable<LoadBalancerKey>) => void;
}

/** Members as a pass was made for them. */
export interface Asked {
  readonly digest: Digest;
  readonly selector: NodeSelector;
}

/**
 * Gathers node changes into epochs. A pass uses the node set of the epoch begun last, never a newer one, so that each
 * pool is written at most once per epoch. The mark is emptied before an epoch's first write and set after its last key:
 * a restart that finds it equal to the present node set knows that no member list is behind, but for those of load
 * balancers that choose nodes by labels: labels are not in the mark.
 */
export class NodeEpochs {
  readonly #options: NodeEpochOptions;
  /** With the monotonic time from which on its members were changed; undefined where none was yet. */
  readonly #pending = new Map<LoadBalancerKey, number | undefined>();
  #current: NodeSet | undefined;
  #timer: (() => void) | undefined;
  /** Whether the timer stands for more than labels. */
  #begins = false;
  #marking: Promise<void> = Promise.resolve();
  #begunAt = 0;
  #closed = false;

  constructor(options: NodeEpochOptions) {
    this.#options = options;
  }

  /** The first epoch; to be called once, when all stores are complete. */
  start(): void {
    const { nodeSet, servedKeys, mark } = this.#options;
    this.#current = nodeSet();
    if (mark.read() === this.#current.digest) return;
    for (const key of servedKeys()) this.#pending.set(key, undefined);
    if (this.#pending.size === 0) this.#finish();
  }

  /** The node set passes use. @throws TypeError before `start`. */
  get current(): NodeSet {
    if (this.#current === undefined) throw new TypeError('no epoch has begun yet');
    return this.#current;
  }

  /** How many load balancers have not got the present node set yet. */
  get pending(): number {
    return this.#pending.size;
  }

  isPending(key: LoadBalancerKey): boolean {
    return this.#pending.has(key);
  }

  /** To be called on every change of a Node; what makes no difference to members begins nothing. */
  nodesChanged(): void {
    this.#begins = true;
    this.#gather();
  }

  /** To be called on every change of a Node's labels: which nodes are chosen may change with it, and nothing else. */
  labelsChanged(): void {
    this.#gather();
  }

  /** A pass that began at this monotonic time has changed members of this key to these, or tried to. */
  changing(key: LoadBalancerKey, members: Asked, since: number): void {
    if (!this.#isPresent(members) || !this.#pending.has(key)) return;
    this.#pending.set(key, this.#pending.get(key) ?? since);
  }

  /** A pass of this key has given it these members, or has written down that it could not. */
  done(key: LoadBalancerKey, members: Asked): void {
    const since = this.#pending.get(key);
    if (!this.#isPresent(members) || !this.#pending.delete(key)) return;
    const { clock, metrics } = this.#options;
    if (since !== undefined)
      metrics.observe('service_controller_update_loadbalancer_host_latency_seconds', (clock.monotonic() - since) / 1000);
    metrics.set('portolan_node_epochs_pending', this.#pending.size);
    if (this.#pending.size === 0) this.#finish();
  }

  /** The key has no members any more. */
  forget(key: LoadBalancerKey): void {
    if (this.#pending.delete(key) && this.#pending.size === 0) this.#finish();
  }

  /** Resolves when no write of the mark is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.();
    await this.#marking;
  }

  #isPresent({ digest, selector }: Asked): boolean {
    return this.#current?.select(selector).digest === digest;
  }

  #gather(): void {
    if (this.#current === undefined || this.#timer !== undefined || this.#closed) return;
    this.#timer = this.#options.clock.after(this.#options.debounceMs, () => {
      this.#timer = undefined;
      const begins = this.#begins;
      this.#begins = false;
      this.#mark(() => (begins ? this.#begin() : this.#relabel()));
    });
  }

  /** A load balancer that chooses other nodes now is looked at. The members there are stay as they are: labels begin no epoch. */
  #relabel(): void {
    const before = this.current;
    const next = before.labelledAs(this.#options.nodeSet());
    this.#current = next;
    const { servedKeys, selectorOf, enqueue } = this.#options;
    const moved = [...servedKeys()].filter((key) => {
      const selector = selectorOf(key);
      return next.select(selector).digest !== before.select(selector).digest;
    });
    if (moved.length === 0) return;
    if (this.#pending.size === 0) this.#begunAt = this.#options.clock.monotonic();
    for (const key of moved) this.#pending.set(key, this.#pending.get(key));
    this.#options.log.info({ loadBalancers: moved.length }, 'other nodes are chosen by their labels');
    enqueue(moved);
  }

  async #begin(): Promise<void> {
    const next = this.#options.nodeSet();
    if (next.digest === this.#current?.digest) return this.#relabel();
    await this.#write('');
    this.#current = next;
    this.#begunAt = this.#options.clock.monotonic();
    this.#pending.clear();
    for (const key of this.#options.servedKeys()) this.#pending.set(key, undefined);
    this.#options.log.info({ members: next.members.length, loadBalancers: this.#pending.size, nodeSet: next.digest }, 'node set changed');
    if (this.#pending.size === 0) this.#finish();
    else this.#options.enqueue([...this.#pending.keys()]);
  }

  #finish(): void {
    const { digest } = this.current;
    const { clock, metrics } = this.#options;
    if (this.#begunAt > 0) metrics.observe('service_controller_nodesync_latency_seconds', (clock.monotonic() - this.#begunAt) / 1000);
    this.#mark(async () => {
      if (this.#current?.digest === digest && this.#pending.size === 0) await this.#write(digest);
    });
  }

  /** Writes of the mark are made one after the other; one that fails is tried again for as long as it is still true. */
  #mark(work: () => Promise<void> | void): void {
    this.#marking = this.#marking.then(async () => {
      if (this.#closed) return;
      try {
        await work();
      } catch (thrown) {
        this.#options.log.warn({ error: asLbError(thrown) }, 'node epoch could not be marked, trying again');
        this.#options.clock.after(5_000, () => this.#mark(work));
      }
    });
  }

  async #write(value: string): Promise<void> {
    const { mark, checkpoint } = this.#options;
    if (mark.read() === value) return;
    checkpoint('epoch/before');
    await mark.write(value);
    checkpoint('epoch/after');
  }
}
