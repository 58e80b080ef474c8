import type { ListenerId } from '../../../src/model/ids.ts';
import { familyOf, type Family, type IpAddress } from '../../../src/net/ip.ts';
import type { Live, LiveListener } from '../observe.ts';
import type { LoadBalancerRecord, RecordedMember } from '../state.ts';
import { Listener, type ListenerConfig, type ListenerEvents } from './listener.ts';
import { sourceFilter, type SourceFilter } from './source-filter.ts';
import type { Surroundings } from './surroundings.ts';

export interface DataPlaneEvents {
  /** A listener of it serves, or does not serve any more, and nobody asked for that just now. */
  readonly stateChanged: (of: LoadBalancerRecord) => void;
  readonly healthChanged: (of: LoadBalancerRecord) => void;
}

/** A member without an address of the family is no member. Asked again for the same list, it is the same array. */
function memberAddresses(members: readonly RecordedMember[], family: Family): readonly IpAddress[] {
  const known = addressLists[family].get(members);
  if (known !== undefined) return known;
  const addresses = members.flatMap((member) => member.addresses[family] ?? []);
  addressLists[family].set(members, addresses);
  return addresses;
}

const addressLists: Readonly<Record<Family, WeakMap<readonly RecordedMember[], readonly IpAddress[]>>> = {
  IPv4: new WeakMap(),
  IPv6: new WeakMap(),
};

/** One socket of a load balancer: a listener on one of its addresses. */
type Place = `${IpAddress} ${ListenerId}`;

/** One record, as sockets. It has what the record says as soon as `follow` was called; only sockets may lag behind. */
export class ServedLoadBalancer {
  readonly #surroundings: Surroundings;
  readonly #events: ListenerEvents;
  readonly #listeners = new Map<Place, Listener>();
  #record: LoadBalancerRecord;
  #members: readonly RecordedMember[] = [];
  #ranges = '';
  #allows: SourceFilter = sourceFilter([]);

  /** Serves nothing yet: see `follow`. */
  constructor(record: LoadBalancerRecord, surroundings: Surroundings, events: DataPlaneEvents) {
    this.#record = record;
    this.#surroundings = surroundings;
    this.#events = {
      stateChanged: () => events.stateChanged(this.#record),
      healthChanged: () => events.healthChanged(this.#record),
    };
  }

  /** Resolves when every socket was tried. Never rejects. */
  async follow(record: LoadBalancerRecord, members: readonly RecordedMember[]): Promise<void> {
    this.#record = record;
    this.#members = members;
    const ranges = record.sourceRanges.join(' ');
    if (ranges !== this.#ranges) this.#allows = sourceFilter(record.sourceRanges);
    this.#ranges = ranges;
    const configs = new Map(record.addresses.flatMap((address) => this.#configsOf(record, address)));
    const closing = [...this.#listeners.keys()].filter((place) => !configs.has(place)).map((place) => this.#remove(place));
    const opening = [...configs].map(([place, config]) => this.#listener(place, config).open());
    await Promise.all([...closing, ...opening]);
  }

  live(): Live {
    const all = [...this.#listeners.values()].map((listener) => listener.live());
    const listeners = this.#record.listeners.flatMap(({ id }) => merged(all.filter((live) => live.id === id)) ?? []);
    const families = [...new Set(this.#record.addresses.map(familyOf))];
    const reachable = this.#members.filter(({ addresses }) => families.some((family) => addresses[family] !== undefined));
    return {
      listeners,
      members: { healthy: reachable.filter((member) => this.#isHealthy(member)).length, total: reachable.length },
      unreachable: this.#members.length === 0 ? [] : families.filter((family) => memberAddresses(this.#members, family).length === 0),
    };
  }

  get hasFailed(): boolean {
    return [...this.#listeners.values()].some((listener) => listener.failed);
  }

  get isUnfinished(): boolean {
    return [...this.#listeners.values()].some((listener) => listener.unfinished > 0);
  }

  /** Tries again to get the sockets it lacks. */
  async retry(): Promise<void> {
    await Promise.all([...this.#listeners.values()].map((listener) => listener.retry()));
  }

  async stopListening(): Promise<void> {
    await Promise.all([...this.#listeners.values()].map((listener) => listener.stopListening()));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#listeners.keys()].map((id) => this.#remove(id)));
  }

  #configsOf(record: LoadBalancerRecord, address: IpAddress): readonly (readonly [Place, ListenerConfig])[] {
    const { listeners, affinity, settings } = record;
    const members = memberAddresses(this.#members, familyOf(address));
    return listeners.map((listener) => [
      `${address} ${listener.id}`,
      { address, listener, members, affinity, allows: this.#allows, settings },
    ]);
  }

  #listener(place: Place, config: ListenerConfig): Listener {
    const known = this.#listeners.get(place);
    if (known !== undefined) {
      known.update(config);
      return known;
    }
    const listener = new Listener(config, this.#surroundings, this.#events);
    this.#listeners.set(place, listener);
    return listener;
  }

  /** For every listener of a family in which it has an address. */
  #isHealthy({ addresses }: RecordedMember): boolean {
    return [...this.#listeners.values()].every((listener) => {
      const address = addresses[familyOf(listener.address)];
      return address === undefined || listener.isHealthy(address);
    });
  }

  async #remove(place: Place): Promise<void> {
    const listener = this.#listeners.get(place);
    this.#listeners.delete(place);
    await listener?.close();
  }
}

/** One listener of the Service on all its addresses: as good as the worst of them. */
function merged(all: readonly LiveListener[]): LiveListener | undefined {
  const worst = all.find(({ state }) => state === 'failed') ?? all.find(({ state }) => state === 'pending') ?? all[0];
  return worst === undefined ? undefined : { ...worst, deserted: all.some(({ deserted }) => deserted) };
}
