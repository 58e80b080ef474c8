import { asLbError, LbError } from '../../../src/errors.ts';
import { listenerParts } from '../../../src/model/ids.ts';
import type { Affinity } from '../../../src/model/spec.ts';
import type { IpAddress } from '../../../src/net/ip.ts';
import type { Listening } from '../api/network.ts';
import type { LiveListener } from '../observe.ts';
import type { RecordedSettings } from '../settings.ts';
import type { RecordedListener } from '../state.ts';
import type { Forwarder } from './forwarder.ts';
import { MemberPool, type PoolConfig } from './member-pool.ts';
import type { SourceFilter } from './source-filter.ts';
import type { Surroundings } from './surroundings.ts';
import { TcpForwarder } from './tcp-forwarder.ts';
import { UdpForwarder } from './udp-forwarder.ts';

export interface ListenerConfig {
  readonly address: IpAddress;
  readonly listener: RecordedListener;
  readonly members: readonly IpAddress[];
  readonly affinity: Affinity;
  readonly allows: SourceFilter;
  readonly settings: RecordedSettings;
}

/** What a listener tells its load balancer. */
export interface ListenerEvents {
  /** It serves, or does not serve any more, and nobody asked for that just now. */
  readonly stateChanged: () => void;
  readonly healthChanged: () => void;
}

/**
 * One port of one load balancer: its socket, its pool, its forwarder. A socket that cannot be had is no failure of the
 * load balancer: it is reported, and tried again.
 */
export class Listener {
  readonly #surroundings: Surroundings;
  readonly #events: ListenerEvents;
  readonly #pool: MemberPool;
  readonly #forwarder: Forwarder;
  #config: ListenerConfig;
  #socket: Listening | undefined;
  #opening: Promise<void> | undefined;
  #failure: LbError | undefined;
  #closed = false;

  constructor(config: ListenerConfig, surroundings: Surroundings, events: ListenerEvents) {
    this.#config = config;
    this.#surroundings = surroundings;
    this.#events = events;
    this.#pool = new MemberPool(poolConfig(config), surroundings, () => {
      this.#forwarder.follow(this.#config.settings);
      events.healthChanged();
    });
    const { protocol } = listenerParts(config.listener.id);
    const Kind = protocol === 'TCP' ? TcpForwarder : UdpForwarder;
    this.#forwarder = new Kind(this.#pool, surroundings, config.allows, config.settings);
  }

  get address(): IpAddress {
    return this.#config.address;
  }

  get failed(): boolean {
    return this.#failure !== undefined;
  }

  get unfinished(): number {
    return this.#forwarder.unfinished;
  }

  /** Gets the socket, unless it has it. Never rejects: see `live`. */
  open(): Promise<void> {
    if (this.#socket !== undefined || this.#closed) return Promise.resolve();
    this.#opening ??= this.#open().finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  /** As `open`, and tells when that made a difference. */
  async retry(): Promise<void> {
    const before = this.#failure?.code;
    await this.open();
    if (before !== this.#failure?.code) this.#events.stateChanged();
  }

  update(config: ListenerConfig): void {
    const { allows } = this.#config;
    this.#config = config;
    if (config.allows !== allows) this.#forwarder.restrict(config.allows);
    this.#pool.update(poolConfig(config));
    this.#forwarder.follow(config.settings);
  }

  isHealthy(member: IpAddress): boolean {
    return this.#pool.isHealthy(member);
  }

  live(): LiveListener {
    const { id } = this.#config.listener;
    const { deserted } = this.#pool;
    if (this.#failure === undefined) return { id, state: this.#socket === undefined ? 'pending' : 'serving', deserted };
    const { code, text } = this.#failure;
    return { id, state: 'failed', reason: code, text, deserted };
  }

  /** Stops listening; what is under way goes on. */
  async stopListening(): Promise<void> {
    this.#closed = true;
    await this.#opening;
    await this.#socket?.close();
    this.#socket = undefined;
  }

  /** Stops listening and ends all that is under way. */
  async close(): Promise<void> {
    await this.stopListening();
    this.#forwarder.close();
    this.#pool.close();
  }

  async #open(): Promise<void> {
    const { address, listener } = this.#config;
    const { checkpoint, log } = this.#surroundings;
    const before = this.#failure?.code;
    checkpoint('listen/before');
    try {
      this.#socket = await this.#forwarder.open({ address, port: listenerParts(listener.id).port }, () => this.#lost());
      this.#failure = undefined;
      log.info({ address, listener: listener.id }, 'listening');
    } catch (thrown) {
      this.#failure = asLbError(thrown, 'ListenFailed');
      if (before !== this.#failure.code)
        log.warn({ address, listener: listener.id, error: this.#failure }, 'cannot listen; it is tried again');
    }
    checkpoint('listen/after');
  }

  #lost(): void {
    if (this.#closed) return;
    this.#socket = undefined;
    const { address, listener } = this.#config;
    this.#failure = new LbError(
      'ListenFailed',
      `the socket of ${listener.id} on ${address} was closed by something else; it is opened again`,
    );
    this.#surroundings.log.warn({ address, listener: listener.id }, 'a listening socket was closed from outside');
    this.#events.stateChanged();
  }
}

const poolConfig = ({ listener, members, affinity, settings: { proxyProtocol } }: ListenerConfig): PoolConfig => ({
  target: {
    protocol: listenerParts(listener.id).protocol,
    nodePort: listener.nodePort,
    healthCheck: listener.healthCheck,
    ...(proxyProtocol === undefined ? {} : { proxyProtocol }),
  },
  members,
  affinity,
});
