import type { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { settle } from '../../../src/clock.ts';
import { ip, listener, member, spec, TestBed, textOf } from '../test-bed.ts';

const vip = { address: ip('127.80.0.129'), port: 80 };
const nodes = [member('node-1', '10.0.0.1'), member('node-2', '10.0.0.2')];
const one = spec({ members: nodes.slice(0, 1) });

async function served(want = one) {
  const bed = new TestBed();
  const provider = await bed.start();
  await bed.pass(provider, want);
  const dial = async (from = '10.9.9.9'): Promise<Duplex> => {
    const connection = await bed.network.at(ip(from)).connectTcp(vip, 1000);
    if (typeof connection === 'string') return expect.fail(connection);
    connection.stream.on('error', () => {});
    return connection.stream;
  };
  return { bed, provider, dial };
}

/** A node whose streams the test drives itself. */
async function quietNode(bed: TestBed, address: string, port = 30_080): Promise<Duplex[]> {
  const streams: Duplex[] = [];
  bed.network.serveHttp({ address: ip(address), port: 10_256 }, () => 200);
  await bed.network.at(ip(address)).listenTcp(
    { address: ip(address), port },
    ({ stream }) => {
      stream.on('error', () => {});
      streams.push(stream);
    },
    () => {},
  );
  return streams;
}

describe('one connection', () => {
  it('stays open in one direction after the other has ended, either way round', async () => {
    const { bed, dial } = await served();
    const streams = await quietNode(bed, '10.0.0.1');
    await bed.clock.advanceAsync(2000);
    const client = await dial();
    await settle();
    const [node] = streams;
    if (node === undefined) return expect.fail('no connection arrived');

    client.end('question');
    expect(await textOf(node)).toBe('question');
    const answer = textOf(client);
    node.write('first, ');
    await settle();
    node.end('last');
    expect(await answer).toBe('first, last');

    const second = await dial();
    await settle();
    streams[1]?.end('banner');
    expect(await textOf(second)).toBe('banner');
    expect(second.writable).toBe(true);
    second.end('bye');
    expect(await textOf(streams[1] ?? node)).toBe('bye');
  });

  it('is cut on the other side too when one side is cut, so that nobody takes half an answer for a whole one', async () => {
    const { bed, dial } = await served();
    const streams = await quietNode(bed, '10.0.0.1');
    await bed.clock.advanceAsync(2000);
    const client = await dial();
    await settle();
    const answer = textOf(client);
    streams[0]?.write('half an ans');
    await settle();

    streams[0]?.destroy(new Error('the node died'));

    expect(await answer).toBeUndefined();
    const gone = await dial();
    await settle();
    gone.destroy(new Error('the client died'));
    await settle();
    expect(streams[1]?.destroyed).toBe(true);
  });

  it('does not read more from a fast sender than a slow reader takes', async () => {
    const { bed, dial } = await served();
    const streams = await quietNode(bed, '10.0.0.1');
    await bed.clock.advanceAsync(2000);
    const client = await dial();
    await settle();
    const [node] = streams;
    if (node === undefined) return expect.fail('no connection arrived');

    const chunk = Buffer.alloc(16 * 1024);
    let sent = 0;
    let rounds = 0;
    while (rounds++ < 1000 && node.writableLength < node.writableHighWaterMark) {
      node.write(chunk);
      sent += chunk.length;
      await settle();
    }
    expect(node.writableLength).toBeGreaterThanOrEqual(node.writableHighWaterMark);
    expect(sent).toBeLessThan(2_000_000);

    let received = 0;
    client.on('data', (data: Buffer) => (received += data.length));
    await settle();
    node.end();
    await settle();
    expect(received).toBe(sent);
  });

  it('is given to the next node when the first does not answer', async () => {
    const { bed } = await served(spec({ members: nodes }));
    bed.network.serveHttp({ address: ip('10.0.0.1'), port: 10_256 }, () => 200);
    await bed.node('node-2', '10.0.0.2', { tcp: [30_080] });
    await bed.clock.advanceAsync(2000);
    expect([await bed.ask(vip), await bed.ask(vip), await bed.ask(vip)]).toEqual(['node-2', 'node-2', 'node-2']);
  });

  it('is given to the next node when the first one is silent', async () => {
    const { bed } = await served(spec({ members: nodes }));
    for (const { node, addresses } of nodes) await bed.node(node, addresses.IPv4 ?? '', { tcp: [30_080] });
    await bed.clock.advanceAsync(2000);
    bed.network.silence(ip('10.0.0.1'), true);
    const answers = Promise.all([bed.ask(vip), bed.ask(vip)]);
    await bed.clock.advanceAsync(2000);
    expect(await answers).toEqual(['node-2', 'node-2']);
  });

  it('is refused when no node answers, and under Local when no node has an endpoint', async () => {
    const { bed, provider } = await served();
    expect(await bed.ask(vip)).toBeUndefined();
    const local = spec({
      members: one.members,
      listeners: [listener('TCP', 80, 30_080, { healthCheck: { kind: 'local', port: 32_000 } })],
    });
    await bed.node('node-1', '10.0.0.1', { tcp: [30_080] });
    await bed.pass(provider, local);
    expect(await bed.ask(vip)).toBeUndefined();
  });

  it('is not begun for a client that left while a node was looked for', async () => {
    const { bed, dial } = await served(spec({ members: nodes }));
    const node = await bed.node('node-2', '10.0.0.2', { tcp: [30_080] });
    bed.network.serveHttp({ address: ip('10.0.0.1'), port: 10_256 }, () => 200);
    await bed.clock.advanceAsync(2000);
    bed.network.silence(ip('10.0.0.1'), true);
    const client = await dial();
    await settle();
    client.destroy();
    await bed.clock.advanceAsync(2000);
    expect(node.streams.filter(({ destroyed }) => !destroyed)).toEqual([]);
  });
});

describe('a member that leaves', () => {
  it('keeps its connections until they have drained; new ones go elsewhere', async () => {
    const { bed, provider, dial } = await served(spec({ members: nodes }));
    const streams = await quietNode(bed, '10.0.0.1');
    await bed.node('node-2', '10.0.0.2', { tcp: [30_080] });
    await bed.clock.advanceAsync(2000);
    const clients = [await dial(), await dial()];
    await settle();
    expect(streams).toHaveLength(1);

    const { plan } = await bed.pass(provider, spec({ members: nodes.slice(1) }));

    expect(plan.steps).toMatchObject([{ id: 'lb-1/members', disruption: 'drains' }]);
    streams[0]?.write('still here');
    await settle();
    expect(clients.map((client) => String(client.read() ?? ''))).toContain('still here');
    expect([await bed.ask(vip), await bed.ask(vip)]).toEqual(['node-2', 'node-2']);
    await bed.clock.advanceAsync(29_999);
    expect(streams[0]?.destroyed).toBe(false);
    await bed.clock.advanceAsync(1);
    expect(streams[0]?.destroyed).toBe(true);
    expect(clients.filter(({ destroyed }) => destroyed)).toHaveLength(1);
  });

  it('keeps them for good when it comes back in time', async () => {
    const { bed, provider, dial } = await served(one);
    const streams = await quietNode(bed, '10.0.0.1');
    await bed.clock.advanceAsync(2000);
    await dial();
    await settle();
    await bed.pass(provider, spec());
    await bed.clock.advanceAsync(20_000);
    await bed.pass(provider, one);
    await bed.clock.advanceAsync(100_000);
    expect(streams[0]?.destroyed).toBe(false);
  });

  it('that is only unhealthy keeps them for good: its endpoints may be finishing', async () => {
    const { bed, dial } = await served();
    const streams = await quietNode(bed, '10.0.0.1');
    await bed.clock.advanceAsync(2000);
    await dial();
    await settle();
    bed.network.serveHttp({ address: ip('10.0.0.1'), port: 10_256 }, () => 503);
    await bed.clock.advanceAsync(200_000);
    expect(streams[0]?.destroyed).toBe(false);
  });
});

it('a listener that goes cuts its connections, and leaves those of others', async () => {
  const { bed, provider, dial } = await served(
    spec({ members: one.members, listeners: [listener('TCP', 80, 30_080), listener('TCP', 81, 30_080)] }),
  );
  const streams = await quietNode(bed, '10.0.0.1');
  await bed.clock.advanceAsync(2000);
  const client = await dial();
  const other = await bed.network.at(ip('10.9.9.9')).connectTcp({ ...vip, port: 81 }, 1000);
  await settle();
  expect(streams).toHaveLength(2);

  await bed.pass(provider, spec({ members: one.members, listeners: [listener('TCP', 81, 30_080)] }));

  expect(client.destroyed).toBe(true);
  expect(typeof other === 'string' || other.stream.destroyed).toBe(false);
  expect(streams.filter(({ destroyed }) => destroyed)).toHaveLength(1);
});
