/**
 * All the local provider needs of a network. Two implementations: sockets of the machine (`machine-network.ts`) and an
 * in-memory twin (`../simulator/memory-network.ts`), on which tests are clients and nodes at once.
 *
 * What happens every day, such as a node that refuses a connection, is a value; only failing to listen is an error.
 */
import type { Duplex } from 'node:stream';
import type { IpAddress } from '../../../src/net/ip.ts';

export interface Endpoint {
  readonly address: IpAddress;
  readonly port: number;
}

/** Why there is no answer: the host said no (so it is up), or nothing came in time. */
export type NoAnswer = 'refused' | 'unreachable';

export interface Network {
  /**
   * Opens a listening TCP socket; `accept` gets every connection, not yet read from. `closed` is called once if the
   * socket ends without having been closed by its owner.
   * @throws LbError PortNotPermitted, PortInUse, AddressNotAvailable, ListenFailed
   */
  listenTcp(at: Endpoint, accept: (connection: TcpConnection) => void, closed: () => void): Promise<Listening>;
  connectTcp(to: Endpoint, timeoutMs: number): Promise<TcpConnection | NoAnswer>;
  /** As `listenTcp`, for datagrams. */
  bindUdp(at: Endpoint, receive: (data: Buffer, from: Endpoint) => void, closed: () => void): Promise<UdpSocket>;
  /**
   * A UDP socket that talks to one peer only. `lost` is called at most once, when the peer refuses datagrams or no
   * socket could be opened; nothing is received after it.
   */
  openFlow(to: Endpoint, receive: (data: Buffer) => void, lost: () => void): UdpFlow;
  /** Status of `GET path`; redirects are not followed and the body is not read. */
  httpStatus(at: Endpoint, path: string, timeoutMs: number): Promise<number | NoAnswer>;
}

export interface Listening {
  /** Where it listens: the port is known even if 0 was asked for. */
  readonly at: Endpoint;
  /** Stops listening; connections already accepted live on. May be called any number of times. */
  readonly close: () => Promise<void>;
}

export interface TcpConnection {
  readonly remote: Endpoint;
  /** Half-open: ending one direction leaves the other open. An `error` on it is always followed by `close`. */
  readonly stream: Duplex;
  /** Ends it at once and lets the peer see that it was cut (RST), not that it was finished (FIN). */
  readonly abort: () => void;
}

export interface UdpSocket extends Listening {
  /** Never throws: what cannot be sent, also because the socket is closed, is a lost datagram. */
  send(data: Buffer, to: Endpoint): void;
}

export interface UdpFlow {
  send(data: Buffer): void;
  close(): void;
}
