import { createHash } from 'node:crypto';
import { clusterMark, keyMark, nameMark, type Marks } from '../../../src/model/owner.ts';

/** How a node is found fit: does it forward at all, or has it an endpoint (HTTP on that port). */
export type ToyCheck = { readonly kind: 'cluster' } | { readonly kind: 'local'; readonly port: number };

export interface ToyListener {
  readonly nodePort: number;
  readonly healthCheck: ToyCheck;
}

export type ToyListeners = Readonly<Record<string, ToyListener>>;

/** What a controller asks for. */
export interface ToyWish {
  /** For people. */
  readonly name: string;
  readonly listeners: ToyListeners;
  /** Names of nodes. */
  readonly members: readonly string[];
}

export interface ToyLoadBalancer {
  /** Never used twice. */
  readonly id: string;
  readonly address: string;
  /** Portolan's marks, whoever made it; none on one that was released. */
  readonly marks: Marks;
  readonly listeners: ToyListeners;
  /** Sorted. */
  readonly members: readonly string[];
}

export interface ToyState {
  readonly made: number;
  readonly loadBalancers: readonly ToyLoadBalancer[];
}

export const emptyToyState: ToyState = { made: 0, loadBalancers: [] };

/** Who is meant: a cluster and a key make a load balancer one and the same. */
export interface ToyOwner {
  readonly cluster: string;
  readonly key: string;
}

/** A cloud of load balancers that carry nothing. Every change is whole; `changed` is called after it. */
export class ToyCloud {
  readonly #byOwner = new Map<string, ToyLoadBalancer>();
  /** Those that are nobody's. */
  readonly #released: ToyLoadBalancer[] = [];
  readonly #changed: () => void;
  #made: number;

  constructor(state: ToyState, changed: () => void) {
    this.#made = state.made;
    this.#changed = changed;
    for (const balancer of state.loadBalancers) {
      const { [clusterMark]: cluster, [keyMark]: key } = balancer.marks;
      if (cluster === undefined || key === undefined) this.#released.push(balancer);
      else this.#byOwner.set(ownerText({ cluster, key }), balancer);
    }
  }

  get(owner: ToyOwner): ToyLoadBalancer | undefined {
    return this.#byOwner.get(ownerText(owner));
  }

  state(): ToyState {
    return { made: this.#made, loadBalancers: this.all() };
  }

  /** All there is, in the order it was made. */
  all(): readonly ToyLoadBalancer[] {
    return [...this.#byOwner.values(), ...this.#released].sort((a, b) => numberOf(a) - numberOf(b));
  }

  /** Makes it, or makes it so. */
  put(owner: ToyOwner, wish: ToyWish): ToyLoadBalancer {
    const now = this.get(owner);
    const marks = now?.marks ?? {
      [clusterMark]: owner.cluster,
      [keyMark]: owner.key,
      ...(wish.name === '' ? {} : { [nameMark]: wish.name }),
    };
    const { id, address } = now ?? this.#next();
    return this.#keep(owner, { id, address, marks, listeners: sortedListeners(wish.listeners), members: [...wish.members].sort() });
  }

  setMembers(owner: ToyOwner, members: readonly string[]): ToyLoadBalancer | undefined {
    const now = this.get(owner);
    return now && this.#keep(owner, { ...now, members: [...members].sort() });
  }

  /** Sets one listener, or takes it away. */
  setListener(owner: ToyOwner, name: string, listener: ToyListener | null): ToyLoadBalancer | undefined {
    const now = this.get(owner);
    if (now === undefined) return undefined;
    const { [name]: _, ...others } = now.listeners;
    return this.#keep(owner, { ...now, listeners: sortedListeners(listener === null ? others : { ...others, [name]: listener }) });
  }

  /** Takes the marks off and leaves it as it stands. */
  release(owner: ToyOwner): ToyLoadBalancer | undefined {
    const now = this.get(owner);
    if (now === undefined) return undefined;
    const released = { ...now, marks: {} };
    this.#byOwner.delete(ownerText(owner));
    this.#released.push(released);
    this.#changed();
    return released;
  }

  delete(owner: ToyOwner): boolean {
    const was = this.#byOwner.delete(ownerText(owner));
    if (was) this.#changed();
    return was;
  }

  #next(): { readonly id: string; readonly address: string } {
    const number = ++this.#made;
    return { id: `lb-${number}`, address: `100.${64 + ((number >> 16) & 63)}.${(number >> 8) & 255}.${number & 255}` };
  }

  /** What is as it was stays the same object, and nobody is told. */
  #keep(owner: ToyOwner, balancer: ToyLoadBalancer): ToyLoadBalancer {
    const now = this.get(owner);
    if (now !== undefined && JSON.stringify(now) === JSON.stringify(balancer)) return now;
    this.#byOwner.set(ownerText(owner), balancer);
    this.#changed();
    return balancer;
  }
}

const ownerText = ({ cluster, key }: ToyOwner): string => JSON.stringify([cluster, key]);
const numberOf = ({ id }: ToyLoadBalancer): number => Number(id.slice('lb-'.length));

/** In one order, so that equal ones are equal texts. */
function sortedListeners(listeners: ToyListeners): ToyListeners {
  return Object.fromEntries(
    Object.entries(listeners)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { nodePort, healthCheck }]) => [
        name,
        { nodePort, healthCheck: healthCheck.kind === 'local' ? { kind: 'local', port: healthCheck.port } : { kind: 'cluster' } },
      ]),
  );
}

/** The members in a few letters: the same for the same nodes in any order. */
export const membersDigest = (names: readonly string[]): string =>
  createHash('sha256')
    .update([...names].sort().join('\n'))
    .digest('hex')
    .slice(0, 16);
