import { createServer as createHttpServer } from 'node:http';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { LbError } from '../../../src/errors.ts';
import type { IpAddress } from '../../../src/net/ip.ts';
import { ip, textOf } from '../test-bed.ts';
import { MachineNetwork } from './machine-network.ts';
import type { Endpoint, TcpConnection } from './network.ts';

/** Addresses nobody else uses: every Linux has all of 127.0.0.0/8. */
const net = `127.${20 + (process.pid % 200)}.${(process.pid >> 8) % 250}`;
const server = ip(`${net}.1`);
const network = new MachineNetwork(systemClock);
const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

async function listen(address: IpAddress = server, closed = () => {}) {
  const accepted: TcpConnection[] = [];
  let arrived = () => {};
  const accept = (connection: TcpConnection) => {
    connection.stream.on('error', () => {});
    accepted.push(connection);
    arrived();
  };
  const listening = await network.listenTcp({ address, port: 0 }, accept, closed);
  endings.push(() => listening.close());
  const next = async (): Promise<TcpConnection> => {
    while (accepted.length === 0) await new Promise<void>((resolve) => (arrived = resolve));
    return accepted.shift() ?? expect.fail('arrived');
  };
  return { listening, next };
}

async function dial(to: Endpoint): Promise<Duplex> {
  const connection = await network.connectTcp(to, 2000);
  if (typeof connection === 'string') return expect.fail(connection);
  endings.push(() => connection.stream.destroy());
  connection.stream.on('error', () => {});
  return connection.stream;
}

async function codeOf(of: Promise<unknown>): Promise<string> {
  const error: unknown = await of.then(
    () => 'no error',
    (thrown: unknown) => thrown,
  );
  return error instanceof LbError ? error.code : String(error);
}

it('lets a socket that was dropped be closed again when its place is another one’s', async () => {
  const first = await network.bindUdp(
    { address: server, port: 0 },
    () => {},
    () => {},
  );
  network.dropListener('UDP', first.at);
  const second = await network.bindUdp(
    first.at,
    () => {},
    () => {},
  );
  await first.close();

  expect(network.dropListener('UDP', first.at)).toBe(true);
  await second.close();
});

it('connects from the address it was given', async () => {
  const from = ip(`${net}.7`);
  const { listening, next } = await listen();
  const here = new MachineNetwork(systemClock, from);
  const connection = await here.connectTcp(listening.at, 2000);
  endings.push(() => typeof connection === 'string' || connection.abort());
  expect((await next()).remote.address).toBe(from);

  const heard = Promise.withResolvers<IpAddress>();
  const udp = await network.bindUdp(
    { address: server, port: 0 },
    (_data, { address }) => heard.resolve(address),
    () => {},
  );
  const flow = here.openFlow(
    udp.at,
    () => {},
    () => {},
  );
  endings.push(udp.close, () => flow.close());
  flow.send(Buffer.from('x'));
  expect(await heard.promise).toBe(from);
});

describe('TCP', () => {
  it('is half-open: what ends in one direction goes on in the other', async () => {
    const { listening, next } = await listen();
    const client = await dial(listening.at);
    const { stream, remote } = await next();
    expect(remote.address).toMatch(/^127\./);

    client.end('question');
    expect(await textOf(stream)).toBe('question');
    stream.end('answer');
    expect(await textOf(client)).toBe('answer');
  });

  it('shows the other side that it was cut', async () => {
    const { listening, next } = await listen();
    const client = await dial(listening.at);
    const failed = once(client, 'error');
    (await next()).abort();
    expect(await failed).toMatchObject([{ code: 'ECONNRESET' }]);
  });

  it('keeps accepted connections when it stops listening, and its place is free at once', async () => {
    const { listening, next } = await listen();
    const client = await dial(listening.at);
    const { stream } = await next();
    await listening.close();
    await listening.close();
    expect(await network.connectTcp(listening.at, 2000)).toBe('refused');
    const again = await network.listenTcp(
      listening.at,
      () => {},
      () => {},
    );
    await again.close();
    stream.end('still here');
    expect(await textOf(client)).toBe('still here');
  });

  it('tells its owner when the socket is closed by something else', async () => {
    let told = 0;
    const { listening } = await listen(server, () => told++);
    expect(network.dropListener('TCP', listening.at)).toBe(true);
    expect(told).toBe(1);
    expect(network.dropListener('TCP', listening.at)).toBe(false);
    expect(await network.connectTcp(listening.at, 2000)).toBe('refused');
  });

  it('says why it cannot listen', async () => {
    const { listening } = await listen();
    const open = (at: Endpoint) =>
      network.listenTcp(
        at,
        () => {},
        () => {},
      );
    expect(await codeOf(open(listening.at))).toBe('PortInUse');
    expect(await codeOf(open({ address: ip('192.0.2.1'), port: 0 }))).toBe('AddressNotAvailable');
  });

  it('gives up on what does not answer in time', async () => {
    const after = (_: number, callback: () => void) => {
      queueMicrotask(callback);
      return () => {};
    };
    const impatient = new MachineNetwork({ ...systemClock, after });
    const { listening } = await listen();
    expect(await impatient.connectTcp(listening.at, 1)).toBe('unreachable');
    expect(await impatient.httpStatus(listening.at, '/healthz', 1)).toBe('unreachable');
  });
});

describe('UDP', () => {
  it('answers a client from where it asked', async () => {
    const vip = await network.bindUdp(
      { address: server, port: 0 },
      (data, from) => vip.send(Buffer.from(`re: ${data.toString()}`), from),
      () => {},
    );
    endings.push(() => vip.close());
    const answered = new Promise<string>((resolve) => {
      const flow = network.openFlow(
        vip.at,
        (data) => resolve(data.toString()),
        () => {},
      );
      endings.push(() => flow.close());
      flow.send(Buffer.from('hello'));
    });
    expect(await answered).toBe('re: hello');
  });

  it('notices that a peer refuses, once, and says nothing afterwards', async () => {
    let times = 0;
    await new Promise<void>((resolve) => {
      const lost = () => {
        times++;
        flow.send(Buffer.from('into the void'));
        flow.close();
        resolve();
      };
      const flow = network.openFlow({ address: server, port: 9 }, () => {}, lost);
      flow.send(Buffer.from('1'));
      flow.send(Buffer.from('2'));
    });
    expect(times).toBe(1);
  });

  it('says that a flow is lost when its socket cannot be connected', async () => {
    await new Promise<void>((resolve) => {
      const flow = network.openFlow({ address: ip('255.255.255.255'), port: 9 }, () => {}, resolve);
      flow.send(Buffer.from('nobody may broadcast'));
    });
  });

  it('sends nothing where nobody can be reached, and nothing once it is closed', async () => {
    const vip = await network.bindUdp(
      { address: server, port: 0 },
      () => {},
      () => {},
    );
    // A source port of 0 is allowed in a datagram, and forged easily.
    vip.send(Buffer.from('no port'), { address: server, port: 0 });
    await vip.close();
    vip.send(Buffer.from('too late'), vip.at);
  });

  it('says why it cannot listen, and when the socket is closed by something else', async () => {
    let told = 0;
    const vip = await network.bindUdp(
      { address: server, port: 0 },
      () => {},
      () => told++,
    );
    const open = (at: Endpoint) =>
      network.bindUdp(
        at,
        () => {},
        () => {},
      );
    expect(await codeOf(open(vip.at))).toBe('PortInUse');
    expect(await codeOf(open({ address: ip('192.0.2.1'), port: 0 }))).toBe('AddressNotAvailable');
    network.dropListener('UDP', vip.at);
    expect(told).toBe(1);
    await (await open(vip.at)).close();
  });
});

describe('HTTP', () => {
  it('is the status of the answer, or that there is nobody', async () => {
    const http = createHttpServer((request, response) => response.writeHead(request.url === '/healthz' ? 200 : 503).end('a body'));
    http.listen(0, server);
    await once(http, 'listening');
    endings.push(() => new Promise((resolve) => http.close(resolve)));
    const address = http.address();
    const at = { address: server, port: typeof address === 'object' ? (address?.port ?? 0) : 0 };
    expect(await network.httpStatus(at, '/healthz', 2000)).toBe(200);
    expect(await network.httpStatus(at, '/', 2000)).toBe(503);
    expect(await network.httpStatus({ address: server, port: 9 }, '/healthz', 2000)).toBe('refused');
  });

  it('is no status where something else answers', async () => {
    const { listening, next } = await listen();
    const status = network.httpStatus(listening.at, '/healthz', 2000);
    (await next()).stream.end('220 mail ready\r\n');
    expect(await status).toBe('unreachable');
  });
});
