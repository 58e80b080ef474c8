import type { Clock } from '../clock.ts';
import { asLbError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { ReachCheckpoint } from '../model/checkpoint.ts';
import type { Digest, LoadBalancerKey } from '../model/ids.ts';
import type { MemberSet } from '../model/spec.ts';

/** A node set as every pool shall have it. */
export interface NodeSet {
  readonly members: MemberSet;
  readonly digest: Digest;
}

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
  /** Asks for a pass of each in the background. */
  readonly enqueue: (keys: Iterable<LoadBalancerKey>) => void;
}

/**
 * Gathers node changes into epochs. A pass uses the node set of the epoch begun last, never a newer one, so that each
 * pool is written at most once per epoch. The mark is emptied before an epoch's first write and set after its last key:
 * a restart that finds it equal to the present node set knows that no member list is behind.
 */
export class NodeEpochs {
  readonly #options: NodeEpochOptions;
  /** With the monotonic time from which on its members were changed; undefined where none was yet. */
  readonly #pending = new Map<LoadBalancerKey, number | undefined>();
  #current: NodeSet | undefined;
  #timer: (() => void) | undefined;
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
    if (this.#pending.size === 0) this.#finish(this.#current.digest);
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
    if (this.#current === undefined || this.#timer !== undefined || this.#closed) return;
    this.#timer = this.#options.clock.after(this.#options.debounceMs, () => {
      this.#timer = undefined;
      this.#mark(() => this.#begin());
    });
  }

  /** A pass that began at this monotonic time has changed members of this key for the node set with this digest, or tried to. */
  changing(key: LoadBalancerKey, digest: Digest, since: number): void {
    if (digest !== this.#current?.digest || !this.#pending.has(key)) return;
    this.#pending.set(key, this.#pending.get(key) ?? since);
  }

  /** A pass of this key has done what the node set with this digest asks, or has written down that it could not. */
  done(key: LoadBalancerKey, digest: Digest): void {
    const since = this.#pending.get(key);
    if (digest !== this.#current?.digest || !this.#pending.delete(key)) return;
    const { clock, metrics } = this.#options;
    if (since !== undefined)
      metrics.observe('service_controller_update_loadbalancer_host_latency_seconds', (clock.monotonic() - since) / 1000);
    metrics.set('portolan_node_epochs_pending', this.#pending.size);
    if (this.#pending.size === 0) this.#finish(digest);
  }

  /** The key has no members any more. */
  forget(key: LoadBalancerKey): void {
    if (this.#pending.delete(key) && this.#pending.size === 0 && this.#current !== undefined) this.#finish(this.#current.digest);
  }

  /** Resolves when no write of the mark is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.();
    await this.#marking;
  }

  async #begin(): Promise<void> {
    const next = this.#options.nodeSet();
    if (next.digest === this.#current?.digest) return;
    await this.#write('');
    this.#current = next;
    this.#begunAt = this.#options.clock.monotonic();
    this.#pending.clear();
    for (const key of this.#options.servedKeys()) this.#pending.set(key, undefined);
    this.#options.log.info({ members: next.members.length, loadBalancers: this.#pending.size, nodeSet: next.digest }, 'node set changed');
    if (this.#pending.size === 0) this.#finish(next.digest);
    else this.#options.enqueue([...this.#pending.keys()]);
  }

  #finish(digest: Digest): void {
    const { clock, metrics } = this.#options;
    if (this.#begunAt > 0) metrics.observe('service_controller_nodesync_latency_seconds', (clock.monotonic() - this.#begunAt) / 1000);
    this.#mark(async () => {
      if (this.#current?.digest === digest && this.#pending.size === 0) await this.#write(digest);
    });
  }

  /** Writes of the mark are made one after the other; one that fails is tried again for as long as it is still true. */
  #mark(work: () => Promise<void>): void {
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
