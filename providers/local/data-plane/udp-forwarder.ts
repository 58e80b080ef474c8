import type { Clock } from '../../../src/clock.ts';
import type { Endpoint, Listening, Network, UdpFlow, UdpSocket } from '../api/network.ts';
import type { RecordedSettings } from '../settings.ts';
import type { Forwarder } from './forwarder.ts';
import type { MemberPool } from './member-pool.ts';
import type { SourceFilter } from './source-filter.ts';
import type { Surroundings } from './surroundings.ts';

/** Each flow holds a socket of this process: beyond this many the one not used for longest makes room. */
export const flowCapacity = 1024;
/** Datagrams kept while a flow's member is being chosen. */
const queueCapacity = 16;

interface Flow {
  readonly client: Endpoint;
  lastUsed: number;
  /** Absent until a member is chosen. */
  member?: { readonly at: Endpoint; readonly socket: UdpFlow };
  readonly queue: Buffer[];
}

/**
 * Hands datagrams of one client (address and port) to one member and its answers back from the VIP. A flow ends when
 * nothing came in either direction for `idleMs`, and at once when its member may not serve any more: the client's
 * next datagram then begins a new one elsewhere.
 */
export class UdpForwarder implements Forwarder {
  /** A flow has no end of its own. */
  readonly unfinished = 0;
  readonly #network: Network;
  readonly #clock: Clock;
  readonly #pool: MemberPool;
  /** By client; in the order of last use, the oldest first. */
  readonly #flows = new Map<string, Flow>();
  /** Answers leave from here: a client knows no other address. */
  #vip: UdpSocket | undefined;
  #allows: SourceFilter;
  #idleMs: number;
  #cancelSweep: (() => void) | undefined;

  constructor(pool: MemberPool, { network, clock }: Surroundings, allows: SourceFilter, { udpIdleTimeout }: RecordedSettings) {
    this.#network = network;
    this.#clock = clock;
    this.#pool = pool;
    this.#allows = allows;
    this.#idleMs = udpIdleTimeout;
  }

  async open(at: Endpoint, closed: () => void): Promise<Listening> {
    const vip = await this.#network.bindUdp(at, (data, client) => this.#receive(data, client), closed);
    this.#vip = vip;
    return vip;
  }

  #receive(data: Buffer, client: Endpoint): void {
    const flow = this.#flows.get(keyOf(client)) ?? this.#begin(client);
    if (flow === undefined) return;
    this.#touch(flow);
    if (flow.member !== undefined) flow.member.socket.send(data);
    else if (flow.queue.length < queueCapacity) flow.queue.push(data);
  }

  /** Narrower ranges cut off who is outside of them. */
  restrict(allows: SourceFilter): void {
    this.#allows = allows;
    for (const flow of this.#flows.values()) if (!allows(flow.client.address)) this.#end(flow);
  }

  /** Lets go of flows whose member left, moved or is unhealthy. */
  follow({ udpIdleTimeout }: RecordedSettings): void {
    this.#idleMs = udpIdleTimeout;
    for (const flow of this.#flows.values()) if (flow.member !== undefined && !this.#pool.mayServe(flow.member.at)) this.#end(flow);
    this.#scheduleSweep();
  }

  close(): void {
    for (const flow of this.#flows.values()) this.#end(flow);
    this.#cancelSweep?.();
    this.#cancelSweep = undefined;
  }

  #begin(client: Endpoint): Flow | undefined {
    if (!this.#allows(client.address)) return undefined;
    const [oldest] = this.#flows.values();
    if (this.#flows.size >= flowCapacity && oldest !== undefined) this.#end(oldest);
    const flow: Flow = { client, lastUsed: this.#clock.monotonic(), queue: [] };
    this.#flows.set(keyOf(client), flow);
    void this.#choose(flow);
    return flow;
  }

  async #choose(flow: Flow): Promise<void> {
    const at = await this.#pool.pick(flow.client.address);
    if (!this.#isCurrent(flow)) return;
    if (at === undefined) {
      this.#end(flow);
      return;
    }
    const answer = (data: Buffer) => {
      if (!this.#isCurrent(flow)) return;
      this.#touch(flow);
      this.#vip?.send(data, flow.client);
    };
    const lost = () => {
      this.#pool.suspect(at);
      if (this.#isCurrent(flow)) this.#end(flow);
    };
    const socket = this.#network.openFlow(at, answer, lost);
    flow.member = { at, socket };
    for (const data of flow.queue.splice(0)) socket.send(data);
  }

  #touch(flow: Flow): void {
    flow.lastUsed = this.#clock.monotonic();
    this.#flows.delete(keyOf(flow.client));
    this.#flows.set(keyOf(flow.client), flow);
    if (this.#cancelSweep === undefined) this.#scheduleSweep();
  }

  #isCurrent(flow: Flow): boolean {
    return this.#flows.get(keyOf(flow.client)) === flow;
  }

  #end(flow: Flow): void {
    this.#flows.delete(keyOf(flow.client));
    flow.member?.socket.close();
  }

  /** One timer for all flows: it goes off when the oldest may be idle for long enough. */
  #scheduleSweep(): void {
    this.#cancelSweep?.();
    this.#cancelSweep = undefined;
    const [oldest] = this.#flows.values();
    if (oldest === undefined) return;
    const dueMs = oldest.lastUsed + this.#idleMs - this.#clock.monotonic();
    this.#cancelSweep = this.#clock.after(dueMs, () => {
      const now = this.#clock.monotonic();
      for (const flow of this.#flows.values()) {
        if (flow.lastUsed + this.#idleMs > now) break;
        this.#end(flow);
      }
      this.#scheduleSweep();
    });
  }
}

const keyOf = ({ address, port }: Endpoint): string => `${address} ${port}`;
