import { describe, expect, it } from 'vitest';
import { settle } from '../../../src/clock.ts';
import { ip, listener, member, spec, TestBed } from '../test-bed.ts';
import { flowCapacity } from './udp-forwarder.ts';

const vip = { address: ip('127.80.0.129'), port: 53 };
const nodes = [member('node-1', '10.0.0.1'), member('node-2', '10.0.0.2')];
const two = spec({ members: nodes, listeners: [listener('UDP', 53, 30_053)] });
const local = listener('UDP', 53, 30_053, { healthCheck: { kind: 'local', port: 32_000 } });

async function served(want = two) {
  const bed = new TestBed();
  const made = await Promise.all(nodes.map(({ node, addresses }) => bed.node(node, addresses.IPv4 ?? '', { udp: [30_053] })));
  const provider = await bed.start();
  await bed.pass(provider, want);
  return { bed, provider, nodes: made };
}

describe('a flow', () => {
  it('stays with one node, another client gets the next, and answers come from the VIP', async () => {
    const { bed } = await served();
    const [first, second] = [await bed.udpClient(), await bed.udpClient()];
    await first.send('a', vip);
    await first.send('b', vip);
    await second.send('c', vip);
    expect(first.answers).toEqual(['node-1:a via 127.80.0.129', 'node-1:b via 127.80.0.129']);
    expect(second.answers).toEqual(['node-2:c via 127.80.0.129']);
  });

  it('ends when nothing came for a while, in either direction', async () => {
    const { bed } = await served();
    const client = await bed.udpClient();
    await client.send('a', vip);
    await bed.clock.advanceAsync(59_000);
    await client.send('b', vip);
    await bed.clock.advanceAsync(59_000);
    await client.send('c', vip);
    await bed.clock.advanceAsync(60_000);
    await client.send('d', vip);
    expect(client.answers.map((answer) => answer.split(' ')[0])).toEqual(['node-1:a', 'node-1:b', 'node-1:c', 'node-2:d']);
  });

  it('is kept alive by a node that goes on sending', async () => {
    const bed = new TestBed();
    const pushes: (() => void)[] = [];
    const at = { address: ip('10.0.0.7'), port: 30_053 };
    const pusher = await bed.network.at(at.address).bindUdp(
      at,
      (_, from) => pushes.push(() => pusher.send(Buffer.from('news'), from)),
      () => {},
    );
    const want = spec({ listeners: two.listeners, members: [member('node-7', '10.0.0.7')] });
    await bed.pass(await bed.start(), want);
    const client = await bed.udpClient();
    await client.send('subscribe', vip);
    for (let round = 0; round < 3; round++) {
      await bed.clock.advanceAsync(50_000);
      pushes[0]?.();
      await settle();
    }
    expect(client.answers).toHaveLength(3);
    await bed.clock.advanceAsync(60_000);
    pushes[0]?.();
    await settle();
    expect(client.answers).toHaveLength(3);
  });

  it('moves when its node leaves, and when it becomes unhealthy', async () => {
    const { bed, provider, nodes: made } = await served();
    const client = await bed.udpClient();
    await client.send('a', vip);
    await bed.pass(provider, { ...spec({ members: nodes.slice(1) }), listeners: two.listeners });
    await client.send('b', vip);
    await bed.pass(provider, two);
    await client.send('c', vip);
    const [, second] = made;
    if (second !== undefined) second.healthy = false;
    await bed.clock.advanceAsync(2000);
    await client.send('d', vip);
    expect(client.answers.map((answer) => answer.split(' ')[0])).toEqual(['node-1:a', 'node-2:b', 'node-2:c', 'node-1:d']);
  });

  it('moves when its node refuses datagrams', async () => {
    const bed = new TestBed();
    const [first, second] = [await bed.node('node-1', '10.0.0.1'), await bed.node('node-2', '10.0.0.2', { udp: [30_053] })];
    const close = await first.serveUdp(30_053);
    await bed.pass(await bed.start(), two);
    const client = await bed.udpClient();
    await client.send('a', vip);
    await close();
    await client.send('lost', vip);
    await client.send('b', vip);
    expect(client.answers.map((answer) => answer.split(' ')[0])).toEqual(['node-1:a', `${second.name}:b`]);
  });

  it('makes room when there are too many: the one not used for longest goes', async () => {
    const { bed } = await served();
    const [oldest, other] = [await bed.udpClient(), await bed.udpClient()];
    await oldest.send('a', vip);
    await other.send('a', vip);
    await oldest.send('b', vip);
    for (let index = 0; index < flowCapacity - 1; index++) await (await bed.udpClient()).send('x', vip);
    await oldest.send('c', vip);
    await other.send('c', vip);
    expect(oldest.answers.map((answer) => answer.split(' ')[0])).toEqual(['node-1:a', 'node-1:b', 'node-1:c']);
    // 1025 flows were begun before it: its second one goes to the first node again, where its first one was not.
    expect(other.answers.map((answer) => answer.split(' ')[0])).toEqual(['node-2:a', 'node-2:c']);
  });

  it('keeps the first datagrams until a node is found, and only so many', async () => {
    const bed = new TestBed();
    const provider = await bed.start();
    const second = await bed.node('node-2', '10.0.0.2', { udp: [30_053] });
    bed.network.silence(second.address, true);
    await bed.pass(provider, { ...spec({ members: nodes.slice(1) }), listeners: two.listeners });
    const client = await bed.udpClient();
    for (let index = 0; index < 20; index++) await client.send(String(index), vip);
    expect(client.answers).toEqual([]);
    bed.network.silence(second.address, false);
    await bed.clock.advanceAsync(1000);
    expect(client.answers.map((answer) => answer.split(' ')[0])).toEqual(
      Array.from({ length: 16 }, (_, index) => `${second.name}:${index}`),
    );
  });

  it('is not begun under Local without an endpoint, nor for who is outside of the ranges', async () => {
    const { bed } = await served(spec({ members: nodes, listeners: [local] }));
    const client = await bed.udpClient();
    await client.send('a', vip);
    await client.send('b', vip);
    expect(client.answers).toEqual([]);
    bed.network.serveHttp({ address: ip('10.0.0.2'), port: 32_000 }, () => 200);
    await bed.clock.advanceAsync(2000);
    await client.send('c', vip);
    expect(client.answers).toEqual(['node-2:c via 127.80.0.129']);
  });

  it('goes by client address under ClientIP affinity, whatever the port', async () => {
    const { bed } = await served({ ...two, affinity: { kind: 'client-ip', timeoutSeconds: 600 } });
    const clients = [await bed.udpClient(), await bed.udpClient(), await bed.udpClient('10.9.9.10')];
    for (const client of clients) await client.send('a', vip);
    expect(clients.map(({ answers }) => answers[0])).toEqual([
      'node-1:a via 127.80.0.129',
      'node-1:a via 127.80.0.129',
      'node-2:a via 127.80.0.129',
    ]);
  });

  it('ends with its listener', async () => {
    const { bed, provider } = await served();
    const client = await bed.udpClient();
    await client.send('a', vip);
    await provider.close();
    await client.send('b', vip);
    expect(client.answers).toHaveLength(1);
    expect(bed.clock.nextDueMs()).toBeUndefined();
  });
});
