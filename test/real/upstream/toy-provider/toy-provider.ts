import { systemClock } from '../../../../src/clock.ts';
import type { OwnedThing } from '../../../../src/model/capabilities.ts';
import { clusterMark, keyMark, type Marks, type Owner } from '../../../../src/model/owner.ts';
import type { Step } from '../../../../src/model/plan.ts';
import type { Want } from '../../../../src/model/spec.ts';
import type { ToyLoadBalancer, ToyOwner } from '../toy-cloud.ts';
import { haveOf, type Have, type Operation } from './operation.ts';
import { Refused, type Place } from './place.ts';
import { plan } from './plan.ts';
import { report } from './report.ts';

interface Seen {
  /** Undefined where there was none. */
  readonly balancer: ToyLoadBalancer | undefined;
  /** Monotonic, in milliseconds. */
  readonly at: number;
}

/** One connection to the toy cloud, with a memory of what was seen of each load balancer. */
export class ToyProvider {
  readonly #place: Place;
  readonly #cluster: string;
  readonly #seen = new Map<string, Seen>();

  constructor(place: Place, cluster: string) {
    this.#place = place;
    this.#cluster = cluster;
  }

  /** @param maxAgeMs absent = memory will do */
  async observe(want: Want<unknown>, maxAgeMs = Number.POSITIVE_INFINITY): Promise<Have> {
    const owner = ownerOf(want.owner);
    const seen = this.#seen.get(owner.key);
    if (seen !== undefined && systemClock.monotonic() - seen.at < maxAgeMs) return haveOf(seen.balancer);
    return haveOf(this.#remember(owner.key, await this.#place.get(owner)));
  }

  plan(want: Want<unknown>, have: Have): ReturnType<typeof plan> {
    return plan(want, have);
  }

  report(want: Want<unknown>, have: Have): ReturnType<typeof report> {
    return report(want, have);
  }

  async apply({ proof, op }: Step<Operation>): Promise<Readonly<Record<string, string>>> {
    const owner = this.#provenOwner('marks' in proof ? proof.marks : 'willMark' in proof ? proof.willMark : {});
    this.#seen.delete(owner.key); // what an outcome nobody sees leaves behind is looked up
    const after = this.#remember(owner.key, await this.#place.change(owner, op));
    return after === undefined ? {} : { id: after.id, address: after.address };
  }

  /** A page also fills the memory: the passes after a start need no read each. */
  async inventory(after: string | undefined): Promise<{ readonly things: readonly OwnedThing[]; readonly next?: string }> {
    const { items, next } = await this.#place.page(this.#cluster, Number(after ?? '0'));
    for (const balancer of items) if (this.#isOurs(balancer)) this.#remember(balancer.marks[keyMark] ?? '', balancer);
    return { things: items.map((balancer) => this.#thingOf(balancer)), ...(next === undefined ? {} : { next }) };
  }

  close(): void {
    this.#place.close();
  }

  #remember(key: string, balancer: ToyLoadBalancer | undefined): ToyLoadBalancer | undefined {
    this.#seen.set(key, { balancer, at: systemClock.monotonic() });
    return balancer;
  }

  /** Calls name their load balancer by these marks, so nobody else's can be touched. */
  #provenOwner(marks: Marks): ToyOwner {
    const { [clusterMark]: cluster, [keyMark]: key } = marks;
    if (cluster !== this.#cluster || key === undefined) throw new Refused('ForeignResource', 'the step proves another owner');
    return { cluster, key };
  }

  #isOurs({ marks }: ToyLoadBalancer): boolean {
    return marks[clusterMark] === this.#cluster;
  }

  #thingOf(balancer: ToyLoadBalancer): OwnedThing {
    const { id, address, marks } = balancer;
    const thing = { kind: 'load-balancer', id, name: address, main: true, key: marks[keyMark] ?? '' };
    return this.#isOurs(balancer) ? thing : { ...thing, foreign: { marks } };
  }
}

const ownerOf = ({ clusterId, key }: Owner): ToyOwner => ({ cluster: clusterId, key });
