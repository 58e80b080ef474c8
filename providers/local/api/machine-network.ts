/** The machine's own sockets. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { get } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import type { Clock } from '../../../src/clock.ts';
import { familyOf, parseIp, type IpAddress } from '../../../src/net/ip.ts';
import { errorCode } from './error-code.ts';
import { listenError } from './listen-error.ts';
import type { Endpoint, Listening, Network, NoAnswer, TcpConnection, UdpFlow, UdpSocket } from './network.ts';

/** A peer that vanished without a word is noticed after about this long. */
const keepAliveMs = 60_000;

export class MachineNetwork implements Network {
  readonly #clock: Clock;
  readonly #from: IpAddress | undefined;
  /** Every socket that listens, by protocol and place: how to drop it. */
  readonly #listening = new Map<string, () => void>();

  /** @param from where connections and flows come from; absent: the system chooses. */
  constructor(clock: Clock, from?: IpAddress) {
    this.#clock = clock;
    this.#from = from;
  }

  async listenTcp(at: Endpoint, accept: (connection: TcpConnection) => void, closed: () => void): Promise<Listening> {
    const server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs }, (socket) => {
      accept(connectionOf(socket));
    });
    try {
      server.listen({ host: at.address, port: at.port, exclusive: true });
      await once(server, 'listening');
    } catch (error) {
      throw listenError(error, 'TCP', at);
    }
    // Out of file descriptors: the client waits in the system's queue, and nothing else is lost.
    server.on('error', () => {});
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : at.port;
    return this.#listens('TCP', { address: at.address, port }, () => server.close(), closed);
  }

  connectTcp(to: Endpoint, timeoutMs: number): Promise<TcpConnection | NoAnswer> {
    return new Promise((resolve) => {
      const socket = connect({
        host: to.address,
        port: to.port,
        ...(this.#from === undefined ? {} : { localAddress: this.#from }),
        allowHalfOpen: true,
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: keepAliveMs,
      });
      const finish = (answer: TcpConnection | NoAnswer) => {
        cancel();
        socket.off('error', fail);
        if (typeof answer === 'string') {
          socket.on('error', () => {});
          socket.destroy();
        }
        resolve(answer);
      };
      const fail = (error: NodeJS.ErrnoException) => finish(noAnswer(error));
      const cancel = this.#clock.after(timeoutMs, () => finish('unreachable'));
      socket.once('error', fail);
      socket.once('connect', () => finish(connectionOf(socket)));
    });
  }

  async bindUdp(at: Endpoint, receive: (data: Buffer, from: Endpoint) => void, closed: () => void): Promise<UdpSocket> {
    const socket = createSocket({ type: familyOf(at.address) === 'IPv4' ? 'udp4' : 'udp6', reuseAddr: false });
    try {
      socket.bind({ address: at.address, port: at.port, exclusive: true });
      await once(socket, 'listening');
    } catch (error) {
      socket.on('error', () => {});
      socket.close();
      throw listenError(error, 'UDP', at);
    }
    socket.on('message', (data, from) => receive(data, endpoint(from.address, from.port)));
    // An answer that could not be sent is a lost datagram: UDP promises no more.
    socket.on('error', () => {});
    let open = true;
    const stop = () => {
      open = false;
      socket.close();
    };
    const listening = this.#listens('UDP', { address: at.address, port: socket.address().port }, stop, closed);
    const send = (data: Buffer, to: Endpoint) => {
      // Node throws on port 0, which a datagram may claim to come from.
      if (open && to.port !== 0) socket.send(data, to.port, to.address, () => {});
    };
    return { ...listening, send };
  }

  openFlow(to: Endpoint, receive: (data: Buffer) => void, lost: () => void): UdpFlow {
    const socket = createSocket(familyOf(to.address) === 'IPv4' ? 'udp4' : 'udp6');
    let open = true;
    const close = () => {
      if (open) socket.close();
      open = false;
    };
    const fail = () => {
      if (!open) return;
      close();
      lost();
    };
    socket.on('error', fail);
    socket.on('message', (data) => open && receive(data));
    // The system tells of a refused datagram with whatever comes next: by an event, or as the failure of another send.
    const transmit = (data: Buffer) => socket.send(data, (error) => errorCode(error) === 'ECONNREFUSED' && fail());
    const waiting: Buffer[] = [];
    let connected = false;
    // Not as the callback of `connect`, which is also called with its error; as an event that one reaches `fail`.
    socket.once('connect', () => {
      connected = true;
      for (const data of waiting.splice(0)) if (open) transmit(data);
    });
    if (this.#from === undefined) socket.connect(to.port, to.address);
    else socket.bind({ address: this.#from }, () => socket.connect(to.port, to.address));
    const send = (data: Buffer) => {
      if (!open) return;
      if (connected) transmit(data);
      else waiting.push(data);
    };
    return { send, close };
  }

  httpStatus(at: Endpoint, path: string, timeoutMs: number): Promise<number | NoAnswer> {
    return new Promise((resolve) => {
      const request = get({ host: at.address, port: at.port, path, agent: false }, (response) => {
        finish(response.statusCode ?? 'unreachable');
      });
      const finish = (answer: number | NoAnswer) => {
        cancel();
        request.destroy();
        resolve(answer);
      };
      request.on('error', (error) => finish(noAnswer(error)));
      const cancel = this.#clock.after(timeoutMs, () => finish('unreachable'));
    });
  }

  /** Closes a listening socket behind its owner's back, as only a test does. False where there is none. */
  dropListener(protocol: 'TCP' | 'UDP', at: Endpoint): boolean {
    const drop = this.#listening.get(keyOf(protocol, at));
    drop?.();
    return drop !== undefined;
  }

  /** The place is free as soon as `stop` was called: connections accepted before do not hold it. */
  #listens(protocol: 'TCP' | 'UDP', at: Endpoint, stop: () => void, closed: () => void): Listening {
    const key = keyOf(protocol, at);
    let open = true;
    const end = (): boolean => {
      if (!open) return false;
      open = false;
      this.#listening.delete(key);
      stop();
      return true;
    };
    this.#listening.set(key, () => end() && closed());
    return { at, close: async () => void end() };
  }
}

function connectionOf(socket: Socket): TcpConnection {
  return {
    remote: endpoint(socket.remoteAddress ?? '', socket.remotePort ?? 0),
    stream: socket,
    abort: () => void socket.resetAndDestroy(),
  };
}

/** An address that is none was gone before it could be asked for; nothing is sent to it any more. */
function endpoint(address: string, port: number): Endpoint {
  return { address: parseIp(address) ?? nowhere, port };
}

const nowhere = '0.0.0.0' as IpAddress; // canonical
const keyOf = (protocol: 'TCP' | 'UDP', { address, port }: Endpoint): string => `${protocol} ${address} ${port}`;

/** Only a refusal proves that the host is up. */
const noAnswer = (error: unknown): NoAnswer => (errorCode(error) === 'ECONNREFUSED' ? 'refused' : 'unreachable');
