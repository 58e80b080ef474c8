import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { ManualClock, settle, systemClock } from '../../clock.ts';
import { openToyListener, type ToyListener } from '../../embedded/toy-listener.ts';
import { parseIp, type IpAddress } from '../../net/ip.ts';
import { ask } from './traffic.ts';

const address = parseIp('127.90.255.11') as IpAddress; // a literal that parses
const socket = { kind: 'node-port', node: 'a', address, port: 30_123, endpoints: ['b'] } as const;
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});
const listen = async (protocol: 'TCP' | 'UDP'): Promise<ToyListener> => {
  const listener = await openToyListener({ ...socket, protocol }, systemClock);
  open.push(listener);
  return listener;
};

describe.each(['TCP', 'UDP'] as const)('a request by %s', (protocol) => {
  const target = { to: 'shop/web', address, port: socket.port, protocol };

  it('learns who answered', async () => {
    await listen(protocol);

    expect(await ask(target, systemClock)).toEqual({
      answer: { node: 'a', endpointNode: 'b', client: expect.stringMatching(/^127\./), port: socket.port, protocol },
    });
  });

  it('learns that nobody listens', async () => {
    expect(await ask(target, systemClock)).toEqual({ error: 'ECONNREFUSED' });
  });
});

it('is given up after a second', async () => {
  const clock = new ManualClock();
  const mute = createServer((connection) => connection.on('error', () => {}));
  open.push(mute);
  mute.listen(socket.port, address);
  await once(mute, 'listening');

  const reply = ask({ to: 'shop/web', address, port: socket.port, protocol: 'TCP' }, clock);
  await settle();
  clock.advance(1_000);

  expect(await reply).toEqual({ error: 'TIMEOUT' });
});

it('does not take anybody for a node', async () => {
  const other = createServer((connection) => connection.end('220 mail.example.com\n'));
  open.push(other);
  other.listen(socket.port, address);
  await once(other, 'listening');

  expect(await ask({ to: 'shop/web', address, port: socket.port, protocol: 'TCP' }, systemClock)).toEqual({ error: 'BAD_ANSWER' });
});
