import { createSocket } from 'node:dgram';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import type { Clock } from '../clock.ts';
import { converse, datagramAnswer, type ToyAnswer } from './toy-answer.ts';
import { healthAnswer } from './toy-health.ts';
import type { ToySocket } from './toy-table.ts';

/** One open socket of a node. */
export interface ToyListener {
  /** From now on it answers by this state; same kind, protocol, address and port as before. */
  update(socket: ToySocket): void;
  /** Ends the listener and its connections. */
  close(): Promise<void>;
}

/** Opens a real socket for it. @throws Error as Node.js gives it, when the address or port cannot be had. */
export function openToyListener(socket: ToySocket, clock: Clock): Promise<ToyListener> {
  if (socket.kind !== 'node-port') return openHealth(socket, clock);
  return socket.protocol === 'TCP' ? openTcp(socket, clock) : openUdp(socket);
}

type NodePort = Extract<ToySocket, { kind: 'node-port' }>;

/** Forwards to one endpoint after the other, as long as there is any. */
class Forwarder {
  #socket: NodePort;
  #turn = 0;

  constructor(socket: NodePort) {
    this.#socket = socket;
  }

  update(socket: ToySocket): void {
    if (socket.kind === 'node-port') this.#socket = socket;
  }

  /** Undefined where the traffic is dropped. */
  answer(client: string): ToyAnswer | undefined {
    const { node, endpoints, port, protocol } = this.#socket;
    const endpointNode = endpoints[this.#turn++ % endpoints.length];
    return endpointNode === undefined ? undefined : { node, endpointNode, client, port, protocol };
  }
}

async function openTcp(socket: NodePort, clock: Clock): Promise<ToyListener> {
  const forwarder = new Forwarder(socket);
  const server = createTcpServer({ allowHalfOpen: true, noDelay: true }, (connection) => {
    connection.on('error', () => connection.destroy()); // a client that resets has said all it wants to say
    const answer = forwarder.answer(`${connection.remoteAddress}:${connection.remotePort}`);
    if (answer === undefined) connection.resetAndDestroy();
    else converse(connection, answer, clock);
  });
  return tcpListener(server, socket, (next) => forwarder.update(next));
}

async function openUdp(socket: NodePort): Promise<ToyListener> {
  const forwarder = new Forwarder(socket);
  const server = createSocket('udp4');
  server.on('message', (asked, from) => {
    if (from.port === 0) return; // may be claimed, and nobody can be answered there: Node throws
    const answer = forwarder.answer(`${from.address}:${from.port}`);
    // The callback takes the error of a client that is gone: UDP promises nothing.
    if (answer !== undefined) server.send(datagramAnswer(answer, asked), from.port, from.address, () => {});
  });
  try {
    server.bind(socket.port, socket.address);
    await once(server, 'listening');
  } catch (error) {
    server.close();
    throw error;
  }
  server.on('error', () => {}); // an ICMP answer to a datagram of ours concerns nobody
  return {
    update: (next) => forwarder.update(next),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function openHealth(socket: Exclude<ToySocket, NodePort>, clock: Clock): Promise<ToyListener> {
  let current = socket;
  const server = createHttpServer((request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const { status, headers, body } = healthAnswer(current, path, new Date(clock.now()).toISOString());
    response.writeHead(status, headers).end(body);
  });
  return tcpListener(server, socket, (next) => {
    if (next.kind !== 'node-port') current = next;
  });
}

async function tcpListener(server: Server, socket: ToySocket, update: (next: ToySocket) => void): Promise<ToyListener> {
  const connections = new Set<Socket>();
  server.on('connection', (connection: Socket) => {
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
  });
  server.listen(socket.port, socket.address);
  await once(server, 'listening');
  return {
    update,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const connection of connections) connection.destroy();
      }),
  };
}
