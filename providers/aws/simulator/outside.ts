import type { Planted, Tampering } from '../../../src/conformance/simulation.ts';
import { cloudId, type LoadBalancerKey } from '../../../src/model/ids.ts';
import { keyMark, marksOf, type Marks, type Owner } from '../../../src/model/owner.ts';
import type { Arn } from '../api/elb.ts';
import { loadBalancerName, nameBeginning } from '../names.ts';
import type { AmazonState } from './amazon-state.ts';
import { deleteListener } from './listeners.ts';
import { createLoadBalancer } from './load-balancers.ts';
import { listenersOf } from './things.ts';
import { subnetId } from './three-zones.ts';

/** Somebody with a console who is not the provider. */
export class Outside {
  readonly #state: AmazonState;
  /** What was planted here is never tampered with: somebody watches that nobody touches it. */
  readonly #planted = new Set<Arn>();

  constructor(state: AmazonState) {
    this.#state = state;
  }

  tamper(how: Tampering, key: LoadBalancerKey): void {
    const state = this.#state;
    const isOf = (arn: Arn) => state.tags.get(arn)?.[keyMark] === key && !this.#planted.has(arn);
    if (how === 'members-changed') {
      for (const [arn, group] of state.targetGroups) if (isOf(arn)) state.targetGroups.set(arn, { ...group, targets: [] });
      return;
    }
    for (const arn of [...state.loadBalancers.keys()].filter(isOf)) {
      for (const listener of listenersOf(state, arn)) deleteListener(state, listener.arn);
      if (how === 'load-balancer-removed') this.#remove(arn);
    }
  }

  /** The load balancer of another cluster. */
  plantOthers(owner: Owner): Planted {
    return this.#plant(loadBalancerName(owner, 'internet-facing', []), marksOf(owner));
  }

  /** A load balancer of nobody's, which has the name that the owner's would get; where that is taken, one very like it. */
  plantInTheWay(owner: Owner): Planted {
    const name = loadBalancerName(owner, 'internet-facing', []);
    const isTaken = [...this.#state.loadBalancers.values()].some((there) => there.name === name);
    return this.#plant(isTaken ? `${nameBeginning(owner)}0000000000` : name, { 'example.com/team': 'somebody' });
  }

  #plant(name: string, tags: Marks): Planted {
    const state = this.#state;
    const { arn } = createLoadBalancer(state, {
      name,
      scheme: 'internet-facing',
      ipAddressType: 'ipv4',
      subnets: [{ subnetId: subnetId('a', 'public') }],
      securityGroups: ['sg-00000000000000a11'],
      tags,
    });
    this.#planted.add(arn);
    const seen = () => JSON.stringify([state.loadBalancers.get(arn), state.tags.get(arn), listenersOf(state, arn)]);
    const planted = seen();
    return {
      id: cloudId(arn),
      untouched: () => Promise.resolve(seen() === planted),
      exists: () => Promise.resolve(state.loadBalancers.has(arn)),
    };
  }

  /** Also a protected one: who does it takes the protection off before. Its interfaces are gone with it. */
  #remove(arn: Arn): void {
    const state = this.#state;
    state.loadBalancers.delete(arn);
    state.tags.delete(arn);
    for (const [id, { loadBalancer }] of state.interfaces) if (loadBalancer === arn) state.interfaces.delete(id);
  }
}
