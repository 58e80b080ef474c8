import type { Clock } from '../../../src/clock.ts';
import type { IpAddress } from '../../../src/net/ip.ts';
import type { Endpoint, Listening, Network, TcpConnection } from '../api/network.ts';
import type { ProxyVersion, RecordedSettings } from '../settings.ts';
import type { Forwarder } from './forwarder.ts';
import type { MemberPool } from './member-pool.ts';
import { proxyHeader } from './proxy-header.ts';
import type { SourceFilter } from './source-filter.ts';
import type { Surroundings } from './surroundings.ts';

/** A member that does not take a connection in this time is passed over. */
const connectTimeoutMs = 2000;

/** One client and, once one answered, its member. */
interface Session {
  readonly client: TcpConnection;
  to?: Endpoint;
  member?: TcpConnection;
  /** Cancels the end of a session whose member has left. */
  stopDraining?: () => void;
}

/**
 * Joins each client connection to one member, byte by byte, until both directions have ended. Backpressure is the
 * streams' own: of each session never more than the buffers of its two sockets is in memory.
 */
export class TcpForwarder implements Forwarder {
  readonly #network: Network;
  readonly #clock: Clock;
  readonly #pool: MemberPool;
  readonly #sessions = new Set<Session>();
  #allows: SourceFilter;
  #drainMs: number;
  #proxy: ProxyVersion | undefined;
  /** Where clients connect to. */
  #vip: Endpoint | undefined;

  constructor(pool: MemberPool, { network, clock }: Surroundings, allows: SourceFilter, settings: RecordedSettings) {
    this.#network = network;
    this.#clock = clock;
    this.#pool = pool;
    this.#allows = allows;
    this.#drainMs = settings.drainTimeout;
    this.#proxy = settings.proxyProtocol;
  }

  open(at: Endpoint, closed: () => void): Promise<Listening> {
    this.#vip = at;
    return this.#network.listenTcp(at, (client) => this.#accept(client), closed);
  }

  get unfinished(): number {
    return this.#sessions.size;
  }

  #accept(client: TcpConnection): void {
    const session: Session = { client };
    this.#sessions.add(session);
    // Without a listener an error would end the process; what follows an error is in `close`.
    client.stream.on('error', () => {});
    client.stream.once('close', () => this.#settle(session));
    if (!this.#allows(client.remote.address)) {
      this.#end(session);
      return;
    }
    void this.#connect(session);
  }

  /** Narrower ranges cut off who is outside of them. */
  restrict(allows: SourceFilter): void {
    this.#allows = allows;
    for (const session of this.#sessions) if (!allows(session.client.remote.address)) this.#end(session);
  }

  /** Sessions of members that left end after `drainMs`; a member that is back keeps them. Unhealthy members keep theirs (contract I4). */
  follow({ drainTimeout, proxyProtocol }: RecordedSettings): void {
    this.#drainMs = drainTimeout;
    this.#proxy = proxyProtocol;
    for (const session of this.#sessions) this.#drainOrKeep(session);
  }

  /** Ends all sessions. */
  close(): void {
    for (const session of this.#sessions) this.#end(session);
  }

  async #connect(session: Session): Promise<void> {
    const { client } = session;
    const tried = new Set<IpAddress>();
    while (this.#sessions.has(session)) {
      const to = await this.#pool.pick(client.remote.address, tried);
      if (to === undefined) {
        this.#end(session);
        return;
      }
      const member = await this.#network.connectTcp(to, connectTimeoutMs);
      if (typeof member !== 'string') {
        this.#join(session, to, member);
        return;
      }
      tried.add(to.address);
      this.#pool.suspect(to);
    }
  }

  #join(session: Session, to: Endpoint, member: TcpConnection): void {
    const { client } = session;
    member.stream.on('error', () => {});
    // The client may have gone while the member was connecting.
    if (!this.#sessions.has(session)) {
      member.abort();
      return;
    }
    session.to = to;
    session.member = member;
    member.stream.once('close', () => this.#settle(session));
    if (this.#proxy !== undefined && this.#vip !== undefined) member.stream.write(proxyHeader(this.#proxy, client.remote, this.#vip));
    // Each pipe hands on the end of its own direction only: half-closed stays half-closed.
    client.stream.pipe(member.stream);
    member.stream.pipe(client.stream);
    this.#drainOrKeep(session);
  }

  #drainOrKeep(session: Session): void {
    if (session.to === undefined) return;
    if (this.#pool.has(session.to)) {
      session.stopDraining?.();
      delete session.stopDraining;
    } else session.stopDraining ??= this.#clock.after(this.#drainMs, () => this.#end(session));
  }

  /** One side is closed. In order, the other may still send what it holds; else it is cut too, so that both peers see it. */
  #settle(session: Session): void {
    const both = [session.client, session.member];
    if (!both.every((side) => side !== undefined && (isFinished(side) || !side.stream.closed))) this.#end(session);
    else if (both.every((side) => side?.stream.closed === true)) this.#forget(session);
  }

  #end(session: Session): void {
    if (!this.#forget(session)) return;
    session.client.abort();
    session.member?.abort();
  }

  #forget(session: Session): boolean {
    session.stopDraining?.();
    return this.#sessions.delete(session);
  }
}

const isFinished = ({ stream }: TcpConnection): boolean => stream.readableEnded && stream.writableFinished && stream.errored === null;
