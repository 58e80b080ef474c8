import type { Clock } from '../../../src/clock.ts';
import { clusterMark, type Marks } from '../../../src/model/owner.ts';
import type { ClusterId } from '../../../src/model/ids.ts';
import type { Ec2Reads, Ec2SecurityGroup } from '../api/ec2.ts';
import type { Arn, ElbLoadBalancer, ElbReads, ElbTargetGroup } from '../api/elb.ts';
import { JoinedRead } from './joined-read.ts';
import { KnownTags } from './known-tags.ts';
import { SettledMap } from './settled-map.ts';

export interface InventoryParts {
  readonly elb: Pick<ElbReads, 'loadBalancers' | 'targetGroups' | 'tags'>;
  readonly ec2: Pick<Ec2Reads, 'securityGroups'>;
  readonly clock: Clock;
  readonly clusterId: ClusterId;
  /** That of the nodes, once it is known. */
  readonly vpcId: () => string | undefined;
  /** For how long a list may lack what was written. */
  readonly settleMs: number;
  /** Ends with the provider: a read that many wait for is not one caller's to end. */
  readonly signal: AbortSignal;
}

/**
 * All load balancers and target groups of the region, whoever's they are (a name is taken in all of it), with the tags of those
 * that may be ours, and the cluster's security groups. Read in pages for all that ask at once, never for one Service; a thing's tags are asked for when it is first seen
 * (while it has none, for `settleMs`), and again where its owner is about to lose something.
 */
export class Inventory {
  readonly loadBalancers: SettledMap<ElbLoadBalancer>;
  readonly targetGroups: SettledMap<ElbTargetGroup>;
  readonly securityGroups: SettledMap<Ec2SecurityGroup>;
  readonly #tags: KnownTags;
  /** When each was first in a list. */
  readonly #seenAt = new Map<Arn, number>();
  readonly #parts: InventoryParts;
  readonly #balancing: JoinedRead;
  readonly #groups: JoinedRead;

  constructor(parts: InventoryParts) {
    const { clock, settleMs } = parts;
    this.#parts = parts;
    this.#tags = new KnownTags({ ...parts, isThere: (arn) => this.#isThere(arn) });
    this.loadBalancers = new SettledMap(settleMs, ['securityGroups', 'ipAddressType']);
    this.targetGroups = new SettledMap(settleMs, ['healthCheck']);
    this.securityGroups = new SettledMap(settleMs, ['ingress', 'tags']);
    this.#balancing = new JoinedRead(clock, () => this.#readBalancing());
    this.#groups = new JoinedRead(clock, () => this.#readGroups());
  }

  /** Load balancers and target groups, with tags, as they were no longer than `maxAgeMs` ago. @throws LbError of the reads */
  async balancing(maxAgeMs: number): Promise<void> {
    await this.#balancing.atMost(maxAgeMs);
  }

  /** The security groups that carry this cluster's mark. @throws LbError of the read */
  async groups(maxAgeMs: number): Promise<void> {
    await this.#groups.atMost(maxAgeMs);
  }

  /** Empty where it has none, or is not known. */
  tagsOf(arn: Arn): Marks {
    return this.#tags.of(arn);
  }

  /** It was made with these, or they were set. */
  tagged(arn: Arn, tags: Marks): void {
    this.#tags.written(arn, tags);
  }

  /** Asks for the tags of these again, together with whoever else asks; of those that were written a moment ago, an answer may not have them yet. */
  async readTags(arns: readonly Arn[]): Promise<void> {
    await this.#tags.read(arns);
  }

  /** The same of what is about to go, where that was asked for longer ago than `maxAgeMs`. */
  async readTagsOfGoing(arns: readonly Arn[], maxAgeMs: number): Promise<void> {
    await this.#tags.readOfGoing(arns, maxAgeMs);
  }

  /** A write met something that is not as it is known here: everything is read again before it is believed. */
  forget(): void {
    this.#balancing.forget();
    this.#tags.forget();
    this.forgetGroups();
  }

  /** The same of security groups alone. */
  forgetGroups(): void {
    this.#groups.forget();
  }

  async #readBalancing(): Promise<void> {
    const askedAt = this.#parts.clock.monotonic();
    let lists = await this.#readLists();
    // A list that is not whole looks as if somebody had removed what is ours: that is asked twice.
    if (this.#lacksOurs(lists)) lists = await this.#readLists();
    const { loadBalancers, targetGroups } = lists;
    const arns = [...[...loadBalancers.values()].filter(({ type }) => type === 'network'), ...targetGroups.values()]
      .filter(({ vpcId }) => vpcId === (this.#parts.vpcId() ?? vpcId))
      .map(({ arn }) => arn);
    for (const arn of arns) if (!this.#seenAt.has(arn)) this.#seenAt.set(arn, askedAt);
    await this.readTags(arns.filter((arn) => this.#mayHaveOthers(arn, askedAt)));
    this.loadBalancers.list(loadBalancers, askedAt);
    this.targetGroups.list(targetGroups, askedAt);
    this.#forgetTagsOfGone();
  }

  async #readLists(): Promise<Lists> {
    const { elb, signal } = this.#parts;
    const [loadBalancers, targetGroups] = await Promise.all([elb.loadBalancers({ signal }), elb.targetGroups({ signal })]);
    return { loadBalancers: byId(loadBalancers, ({ arn }) => arn), targetGroups: byId(targetGroups, ({ arn }) => arn) };
  }

  #lacksOurs({ loadBalancers, targetGroups }: Lists): boolean {
    const missing = [...this.loadBalancers.lackedBy(loadBalancers), ...this.targetGroups.lackedBy(targetGroups)];
    return missing.some((arn) => this.tagsOf(arn)[clusterMark] === this.#parts.clusterId);
  }

  async #readGroups(): Promise<void> {
    const { ec2, clock, clusterId, signal } = this.#parts;
    // What is to go, goes also where no node tells any more which VPC it is.
    const vpcId = this.#parts.vpcId();
    const askedAt = clock.monotonic();
    const read = async () => byId(await ec2.securityGroups(vpcId, { tag: clusterMark, value: clusterId }, { signal }), ({ id }) => id);
    let groups = await read();
    if (this.securityGroups.lackedBy(groups).length > 0) groups = await read();
    this.securityGroups.list(groups, askedAt);
  }

  /** Nobody has asked yet, or what was made a moment ago, by a process that died then, may show its tags later than itself. */
  #mayHaveOthers(arn: Arn, now: number): boolean {
    if (!this.#tags.has(arn)) return true;
    return Object.keys(this.tagsOf(arn)).length === 0 && now - (this.#seenAt.get(arn) ?? now) <= this.#parts.settleMs;
  }

  #forgetTagsOfGone(): void {
    for (const arn of [...this.#seenAt.keys(), ...this.#tags.keys()]) {
      if (this.#isThere(arn)) continue;
      this.#tags.gone(arn);
      this.#seenAt.delete(arn);
    }
  }

  #isThere(arn: Arn): boolean {
    return this.loadBalancers.get(arn) !== undefined || this.targetGroups.get(arn) !== undefined;
  }
}

interface Lists {
  readonly loadBalancers: ReadonlyMap<Arn, ElbLoadBalancer>;
  readonly targetGroups: ReadonlyMap<Arn, ElbTargetGroup>;
}

const byId = <T>(things: readonly T[], idOf: (thing: T) => string): ReadonlyMap<string, T> =>
  new Map(things.map((one) => [idOf(one), one]));
