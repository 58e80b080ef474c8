import type { Affinity } from '../../../src/model/spec.ts';
import type { IpAddress } from '../../../src/net/ip.ts';
import type { Endpoint } from '../api/network.ts';
import { AffinityTable } from './affinity-table.ts';
import { ListenerHealth, type HealthTarget } from './listener-health.ts';
import type { Surroundings } from './surroundings.ts';

export interface PoolConfig {
  readonly target: HealthTarget;
  /** Equal lists are one array. */
  readonly members: readonly IpAddress[];
  readonly affinity: Affinity;
}

/**
 * The members of one listener: who is healthy, and who is next.
 *
 * If nobody is healthy: under `cluster` everybody is picked in turn, because then it is more likely that the check is
 * wrong than that every node is; under `local` nobody is, because no node could answer.
 */
export class MemberPool {
  readonly #surroundings: Pick<Surroundings, 'boards' | 'checker'>;
  readonly #affinities: AffinityTable;
  readonly #onChange: () => void;
  #config: PoolConfig;
  #health: ListenerHealth;
  /** The members that are healthy, and those not asked yet. */
  readonly #healthy = new Set<IpAddress>();
  readonly #unknown = new Set<IpAddress>();
  /** Round robin: whose turn it is, counted over those that may serve. */
  #turn = 0;
  /** Picks that wait for a verdict. */
  readonly #waiting = new Set<() => void>();

  /** `onChange` is called when the health of members changes, not when the pool is told of others. */
  constructor(config: PoolConfig, surroundings: Pick<Surroundings, 'boards' | 'checker' | 'clock'>, onChange: () => void) {
    this.#config = config;
    this.#surroundings = surroundings;
    this.#affinities = new AffinityTable(surroundings.clock);
    this.#onChange = onChange;
    this.#health = this.#ask(config);
    this.#judge(config.members);
  }

  update(config: PoolConfig): void {
    const before = this.#config;
    this.#config = config;
    if (config.affinity.kind === 'none') this.#affinities.clear();
    if (config.members === before.members && sameTarget(config.target, before.target)) return;
    // The new ones are asked before the old ones are left, so that a probe they share goes on with what it knows.
    const old = this.#health;
    this.#health = this.#ask(config);
    old.close();
    this.#judge([...before.members, ...config.members]);
  }

  isHealthy(member: IpAddress): boolean {
    return this.#healthy.has(member);
  }

  /** True once every member was asked and none is healthy; false where there are no members. */
  get deserted(): boolean {
    return this.#config.members.length > 0 && this.#healthy.size === 0 && this.#unknown.size === 0;
  }

  /**
   * Where the next connection of this client goes; undefined where there is nowhere. Waits for the first verdict when
   * there is none yet, because a wrong guess costs the client more. `tried` were already found not to answer.
   */
  async pick(client: IpAddress, tried: ReadonlySet<IpAddress> = new Set()): Promise<Endpoint | undefined> {
    let candidates = this.#candidates(tried);
    while (candidates.length === 0 && this.#unknown.size > 0) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
      candidates = this.#candidates(tried);
    }
    const member = this.#preferred(client, candidates) ?? candidates[this.#turn++ % Math.max(candidates.length, 1)];
    if (member === undefined) return undefined;
    const { affinity, target } = this.#config;
    if (affinity.kind === 'client-ip') this.#affinities.remember(client, member, affinity.timeoutSeconds * 1000);
    return { address: member, port: target.nodePort };
  }

  /** Whether what was sent there may go on: it is a member still, on this port. */
  has({ address, port }: Endpoint): boolean {
    return port === this.#config.target.nodePort && this.#health.has(address);
  }

  /** Whether new traffic may go there. */
  mayServe(to: Endpoint): boolean {
    return this.has(to) && this.#mayServe(to.address);
  }

  /** It did not answer a client. */
  suspect({ address }: Endpoint): void {
    this.#health.hurry(address);
  }

  close(): void {
    this.update({ ...this.#config, members: [] });
  }

  #candidates(tried: ReadonlySet<IpAddress>): readonly IpAddress[] {
    return this.#config.members.filter((member) => this.#mayServe(member) && !tried.has(member));
  }

  #mayServe(member: IpAddress): boolean {
    if (this.#healthy.size > 0 || this.#config.target.healthCheck.kind === 'local') return this.#healthy.has(member);
    return this.#unknown.size === 0;
  }

  #preferred(client: IpAddress, candidates: readonly IpAddress[]): IpAddress | undefined {
    if (this.#config.affinity.kind === 'none') return undefined;
    const member = this.#affinities.member(client);
    return member !== undefined && candidates.includes(member) ? member : undefined;
  }

  #ask({ members, target }: PoolConfig): ListenerHealth {
    return new ListenerHealth(members, target, this.#surroundings, (member) => {
      if (this.#judge([member])) this.#onChange();
    });
  }

  /** Whether that changed anything. */
  #judge(members: readonly IpAddress[]): boolean {
    let changes = false;
    for (const member of members) {
      const verdict = this.#health.has(member) ? this.#health.verdict(member) : undefined;
      changes = put(this.#healthy, member, verdict === 'healthy') || changes;
      changes = put(this.#unknown, member, verdict === 'unknown') || changes;
    }
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
    return changes;
  }
}

/** Makes `item` be in the set or not; whether that changed anything. */
function put<T>(set: Set<T>, item: T, isIn: boolean): boolean {
  if (set.has(item) === isIn) return false;
  if (isIn) set.add(item);
  else set.delete(item);
  return true;
}

const sameTarget = (a: HealthTarget, b: HealthTarget): boolean =>
  a.protocol === b.protocol &&
  a.nodePort === b.nodePort &&
  a.proxyProtocol === b.proxyProtocol &&
  a.healthCheck.kind === b.healthCheck.kind &&
  (a.healthCheck.kind === 'cluster' || (b.healthCheck.kind === 'local' && a.healthCheck.port === b.healthCheck.port));
