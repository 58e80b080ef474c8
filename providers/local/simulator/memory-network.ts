import type { Clock } from '../../../src/clock.ts';
import { LbError } from '../../../src/errors.ts';
import { familyOf, type Family, type IpAddress } from '../../../src/net/ip.ts';
import type { Reason } from '../../../src/reasons.ts';
import type { Endpoint, Listening, Network, NoAnswer, TcpConnection, UdpFlow, UdpSocket } from '../api/network.ts';
import { memoryConnection } from './memory-connection.ts';
import { SimulatedProcess } from './simulated-process.ts';

type Protocol = 'TCP' | 'UDP';
type Accept = (connection: TcpConnection) => void;
type Receive = (data: Buffer, from: Endpoint) => void;
interface Place<Handler> {
  readonly handle: Handler;
  readonly process: SimulatedProcess;
  /** Ends it behind its owner's back. */
  readonly drop: () => void;
}

/**
 * A network in memory: one machine that has every address there is. Tests are clients and nodes on it, by the very calls
 * the provider uses. Everything happens in the order it was asked for; only what has to time out takes time.
 */
export class MemoryNetwork {
  /** How often nodes were asked, for what a test wants to count. */
  readonly asked = { http: 0, connect: 0 };
  readonly #clock: Clock;
  readonly #tcp = new Map<string, Place<Accept>>();
  readonly #udp = new Map<string, Place<Receive>>();
  readonly #http = new Map<string, (path: string) => number>();
  readonly #unbindable = new Map<string, Reason>();
  readonly #silent = new Set<IpAddress>();
  #nextPort = 40_000;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The network as somebody at this address sees it, until the process ends. */
  at(address: IpAddress, process: SimulatedProcess = new SimulatedProcess(0)): Network {
    const own = (to: Endpoint): Endpoint => ({ address: sameFamily(address, to.address), port: this.#nextPort++ });
    const living = async <T>(call: () => T | Promise<T>): Promise<T> => (process.alive ? call() : new Promise<never>(() => {}));
    return {
      listenTcp: (at, accept, closed) => living(() => this.#open('TCP', this.#tcp, at, accept, closed, process)),
      connectTcp: (to, timeoutMs) => living(() => this.#connect(own(to), to, timeoutMs, process)),
      bindUdp: (at, receive, closed) =>
        living(() => {
          const listening = this.#open('UDP', this.#udp, at, receive, closed, process);
          return { ...listening, send: (data, to) => void this.#send(data, listening.at, to) } satisfies UdpSocket;
        }),
      openFlow: (to, receive, lost) => (process.alive ? this.#openFlow(own(to), to, receive, lost, process) : deadFlow),
      httpStatus: (at, path, timeoutMs) => living(() => this.#httpStatus(at, path, timeoutMs)),
    };
  }

  /** Answers `GET` there. Returns the end of it. */
  serveHttp(at: Endpoint, status: (path: string) => number): () => void {
    this.#http.set(placeOf(at), status);
    return () => void this.#http.delete(placeOf(at));
  }

  isListening(protocol: Protocol, at: Endpoint): boolean {
    return this.#places(protocol).has(placeOf(at));
  }

  /** Closes a listening socket behind its owner's back. False where there is none. */
  dropListener(protocol: Protocol, at: Endpoint): boolean {
    const place = this.#places(protocol).get(placeOf(at));
    place?.drop();
    return place !== undefined;
  }

  /** From now on nobody gets a socket there, for this reason; undefined lifts it. */
  refuseToBind(protocol: Protocol, at: Endpoint, reason: Reason | undefined): void {
    const key = `${protocol} ${placeOf(at)}`;
    if (reason === undefined) this.#unbindable.delete(key);
    else this.#unbindable.set(key, reason);
  }

  /** A host that is down: nothing sent there is answered. */
  silence(address: IpAddress, silent: boolean): void {
    if (silent) this.#silent.add(address);
    else this.#silent.delete(address);
  }

  #places(protocol: Protocol): Map<string, Place<unknown>> {
    return protocol === 'TCP' ? this.#tcp : this.#udp;
  }

  #open<Handler>(
    protocol: Protocol,
    places: Map<string, Place<Handler>>,
    asked: Endpoint,
    handle: Handler,
    closed: () => void,
    process: SimulatedProcess,
  ): Listening {
    const at = asked.port === 0 ? { ...asked, port: this.#nextPort++ } : asked;
    const key = placeOf(at);
    const reason = this.#unbindable.get(`${protocol} ${key}`) ?? (places.has(key) ? 'PortInUse' : undefined);
    if (reason !== undefined) throw new LbError(reason, `${protocol}/${at.port} on ${at.address} cannot be had`);
    const end = () => {
      forget();
      if (places.get(key) === place) places.delete(key);
    };
    const forget = process.onKill(end);
    const place: Place<Handler> = {
      handle,
      process,
      drop: () => {
        end();
        closed();
      },
    };
    places.set(key, place);
    return { at, close: async () => end() };
  }

  async #connect(from: Endpoint, to: Endpoint, timeoutMs: number, process: SimulatedProcess): Promise<TcpConnection | NoAnswer> {
    this.asked.connect++;
    if (this.#silent.has(to.address)) return this.#timeout(timeoutMs);
    const place = this.#tcp.get(placeOf(to));
    if (place === undefined) return 'refused';
    const { atClient, atServer } = memoryConnection(from, to);
    // Either end's death is a reset for the other.
    atClient.stream.once('close', process.onKill(atClient.abort));
    atServer.stream.once('close', place.process.onKill(atServer.abort));
    place.handle(atServer);
    return atClient;
  }

  #send(data: Buffer, from: Endpoint, to: Endpoint): 'sent' | NoAnswer {
    if (this.#silent.has(to.address) || this.#silent.has(from.address)) return 'unreachable';
    const place = this.#udp.get(placeOf(to));
    if (place === undefined) return 'refused';
    queueMicrotask(() => place.handle(Buffer.from(data), from));
    return 'sent';
  }

  #openFlow(own: Endpoint, to: Endpoint, receive: (data: Buffer) => void, lost: () => void, process: SimulatedProcess): UdpFlow {
    const answered = (data: Buffer, from: Endpoint) => placeOf(from) === placeOf(to) && receive(data);
    const socket = this.#open('UDP', this.#udp, own, answered, () => {}, process);
    let open = true;
    const close = () => {
      open = false;
      void socket.close();
    };
    const send = (data: Buffer) => {
      if (!open || this.#send(data, own, to) !== 'refused') return;
      close();
      queueMicrotask(lost);
    };
    return { send, close };
  }

  async #httpStatus(at: Endpoint, path: string, timeoutMs: number): Promise<number | NoAnswer> {
    this.asked.http++;
    if (this.#silent.has(at.address)) return this.#timeout(timeoutMs);
    return this.#http.get(placeOf(at))?.(path) ?? 'refused';
  }

  #timeout(ms: number): Promise<NoAnswer> {
    return new Promise((resolve) => this.#clock.after(ms, () => resolve('unreachable')));
  }
}

/** What a process has that is no more: nothing it sends leaves it. */
const deadFlow: UdpFlow = { send: () => {}, close: () => {} };

/** Who talks to the other family does it from the loopback address of that. */
const sameFamily = (own: IpAddress, to: IpAddress): IpAddress => (familyOf(own) === familyOf(to) ? own : loopback[familyOf(to)]);

const loopback: Readonly<Record<Family, IpAddress>> = { IPv4: '127.0.0.1' as IpAddress, IPv6: '::1' as IpAddress }; // canonical

const placeOf = ({ address, port }: Endpoint): string => `${address} ${port}`;
