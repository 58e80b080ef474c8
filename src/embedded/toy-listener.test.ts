import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../clock.ts';
import { parseIp, type IpAddress } from '../net/ip.ts';
import { openToyListener, type ToyListener } from './toy-listener.ts';
import type { ToySocket } from './toy-table.ts';

const address = parseIp('127.0.0.1') as IpAddress; // a literal that parses
const nodePort = { kind: 'node-port', node: 'a', address, protocol: 'TCP', port: 0, endpoints: ['a', 'b'] } as const;
const clock = new ManualClock();
const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

/**
 * Port 0 cannot be asked for its number through the listener, so tests take one that is free now. Free for TCP: many more of
 * those are taken than of UDP's.
 */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo; // a TCP server that listens has one
  await new Promise<void>((resolve) => void probe.close(() => resolve()));
  return port;
}

async function listener<T extends ToySocket>(socket: T): Promise<T & { listener: ToyListener }> {
  const here = { ...socket, port: await freePort() };
  const listener = await openToyListener(here, clock);
  open.push(listener);
  return { ...here, listener };
}

async function dial(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  open.push({ close: () => socket.destroy() });
  await once(socket, 'connect');
  return socket;
}

const firstLine = async (socket: Socket): Promise<unknown> => {
  const [chunk] = (await once(socket, 'data')) as [Buffer]; // what the event carries
  return JSON.parse(chunk.toString().split('\n', 1)[0] ?? '');
};

describe('a TCP node port', () => {
  it('says who answered, round robin, then gives every byte back until the client is done', async () => {
    const { port } = await listener(nodePort);
    for (const endpointNode of ['a', 'b', 'a']) {
      const socket = await dial(port);
      const client = `127.0.0.1:${socket.localPort}`;
      socket.end('hello\n');

      const [line = '', ...rest] = (await text(socket)).split('\n');

      expect(JSON.parse(line)).toEqual({ node: 'a', endpointNode, client, port, protocol: 'TCP' });
      expect(rest.join('\n')).toBe('hello\n');
    }
  });

  it('tells a client that has closed its half without a word', async () => {
    const { port } = await listener(nodePort);
    const socket = await dial(port);
    socket.end();

    expect(JSON.parse(await text(socket))).toMatchObject({ node: 'a' });
  });

  it('speaks first when the client waits', async () => {
    const { port } = await listener(nodePort);
    const socket = await dial(port);
    const line = firstLine(socket);
    while (clock.nextDueMs() === undefined) await new Promise((resolve) => setImmediate(resolve)); // until the server side has it

    clock.advance(250);

    expect(await line).toMatchObject({ node: 'a', protocol: 'TCP' });
    socket.end('later');
    expect(await text(socket)).toBe('later');
  });

  it('answers HTTP with HTTP', async () => {
    const { port } = await listener(nodePort);

    const response = await fetch(`http://127.0.0.1:${port}/any/path`);

    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ node: 'a', port });
  });

  it('drops what has no local endpoint, and answers again when one comes', async () => {
    const { port, listener: node } = await listener({ ...nodePort, endpoints: [] });
    const dropped = connect(port, '127.0.0.1');
    const [error] = (await once(dropped, 'error')) as [NodeJS.ErrnoException]; // what the event carries
    expect(error.code).toBe('ECONNRESET');

    node.update({ ...nodePort, port, endpoints: ['a'] });

    const socket = await dial(port);
    socket.write('x');
    expect(await firstLine(socket)).toMatchObject({ endpointNode: 'a' });
  });

  it('ends its connections when it closes, and refuses new ones', async () => {
    const { port, listener: node } = await listener(nodePort);
    const socket = await dial(port);
    socket.write('x');
    await firstLine(socket);

    await node.close();

    await text(socket).catch(() => 'a reset is as good as an end');
    await expect(dial(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('survives clients that reset', async () => {
    const { port } = await listener(nodePort);
    const rude = await dial(port);
    rude.write('x');
    await firstLine(rude);
    rude.resetAndDestroy();

    const socket = await dial(port);
    socket.end('x');
    expect(await text(socket)).toContain('"node":"a"');
  });
});

describe('a UDP node port', () => {
  const ask = async (port: number, data: string): Promise<unknown> => {
    const socket = createSocket('udp4');
    open.push({ close: () => socket.close() });
    socket.send(data, port, '127.0.0.1');
    const [answer] = (await once(socket, 'message')) as [Buffer]; // what the event carries
    return JSON.parse(answer.toString());
  };

  it('answers each datagram with one, with what was asked', async () => {
    const { port } = await listener({ ...nodePort, protocol: 'UDP' });

    expect(await ask(port, 'hello')).toMatchObject({ node: 'a', endpointNode: 'a', port, protocol: 'UDP', echo: 'hello' });
    expect(await ask(port, '')).not.toHaveProperty('echo');
  });

  it('answers the biggest datagram there is, without repeating it', async () => {
    const { port } = await listener({ ...nodePort, protocol: 'UDP' });

    expect(await ask(port, '"'.repeat(65_507))).toEqual({ node: 'a', endpointNode: 'a', client: expect.anything(), port, protocol: 'UDP' });
  });

  it('shares its number with TCP, and is silent where it has no local endpoint', async () => {
    const { port, listener: node } = await listener({ ...nodePort, protocol: 'UDP', endpoints: [] });
    open.push(await openToyListener({ ...nodePort, port }, clock));
    const socket = createSocket('udp4');
    open.push({ close: () => socket.close() });
    const answers: string[] = [];
    socket.on('message', (message) => answers.push(message.toString()));
    socket.send('into the void', port, '127.0.0.1');
    // Loopback keeps the order: once a later datagram is answered, the earlier one will not be.
    const tcp = await dial(port);
    tcp.end('x');
    await text(tcp);
    node.update({ ...nodePort, protocol: 'UDP', port, endpoints: ['b'] });
    socket.send('now', port, '127.0.0.1');
    await once(socket, 'message');

    expect(answers).toHaveLength(1);
    expect(answers[0]).toContain('"echo":"now"');
  });

  it('says when the port cannot be had', async () => {
    const { port } = await listener({ ...nodePort, protocol: 'UDP' });

    await expect(openToyListener({ ...nodePort, protocol: 'UDP', port }, clock)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

describe('a health port', () => {
  it('answers by the present state', async () => {
    const { port, listener: node, ...socket } = await listener({ kind: 'proxy-health', node: 'a', address, port: 0, eligible: true });
    const status = async () => (await fetch(`http://127.0.0.1:${port}/healthz?verbose`)).status;
    expect(await status()).toBe(200);

    node.update({ ...socket, kind: 'proxy-health', port, eligible: false });

    expect(await status()).toBe(503);
  });
});
