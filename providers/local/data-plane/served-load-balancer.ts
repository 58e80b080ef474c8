import type { ListenerId } from '../../../src/model/ids.ts';
import { familyOf, type Family, type IpAddress } from '../../../src/net/ip.ts';
import type { Live } from '../observe.ts';
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

/** One record, as sockets. It has what the record says as soon as `follow` was called; only sockets may lag behind. */
export class ServedLoadBalancer {
  readonly #surroundings: Surroundings;
  readonly #events: ListenerEvents;
  readonly #listeners = new Map<ListenerId, Listener>();
  #record: LoadBalancerRecord;
  #members: readonly IpAddress[] = [];
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
    const [address] = record.addresses;
    if (address === undefined) return;
    this.#members = memberAddresses(members, familyOf(address));
    const ranges = record.sourceRanges.join(' ');
    if (ranges !== this.#ranges) this.#allows = sourceFilter(record.sourceRanges);
    this.#ranges = ranges;
    const leaving = [...this.#listeners.keys()].filter((id) => !record.listeners.some((listener) => listener.id === id));
    const closing = leaving.map((id) => this.#remove(id));
    const opening = record.listeners.map((listener) => {
      const { affinity, settings } = record;
      const config = { address, listener, members: this.#members, affinity, allows: this.#allows, settings };
      return this.#listener(config).open();
    });
    await Promise.all([...closing, ...opening]);
  }

  live(): Live {
    const listeners = [...this.#listeners.values()];
    const healthy = this.#members.filter((member) => listeners.every((listener) => listener.isHealthy(member))).length;
    return { listeners: listeners.map((listener) => listener.live()), members: { healthy, total: this.#members.length } };
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

  #listener(config: ListenerConfig): Listener {
    const known = this.#listeners.get(config.listener.id);
    if (known !== undefined) {
      known.update(config);
      return known;
    }
    const listener = new Listener(config, this.#surroundings, this.#events);
    this.#listeners.set(config.listener.id, listener);
    return listener;
  }

  async #remove(id: ListenerId): Promise<void> {
    const listener = this.#listeners.get(id);
    this.#listeners.delete(id);
    await listener?.close();
  }
}
