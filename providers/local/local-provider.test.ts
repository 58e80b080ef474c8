import { describe, expect, it } from 'vitest';
import { settle } from '../../src/clock.ts';
import { gone, ip, listener, member, spec, TestBed } from './test-bed.ts';

const nodes = [member('node-1', '10.0.0.1'), member('node-2', '10.0.0.2'), member('node-3', '10.0.0.3')];
const vip = { address: ip('127.80.0.129'), port: 80 };

describe('one load balancer from creation to deletion', () => {
  it('gets the first free address and spreads connections over all nodes', async () => {
    const bed = new TestBed();
    for (const [index, { node }] of nodes.entries()) await bed.node(node, `10.0.0.${index + 1}`, { tcp: [30080] });
    const provider = await bed.start();

    const { plan, again, report } = await bed.pass(provider, spec({ members: nodes }));

    expect(plan.steps.map(({ id }) => id)).toEqual(['load-balancer/create']);
    expect(again.steps).toEqual([]);
    expect(report.ingress).toEqual([{ ip: '127.80.0.129', ipMode: 'Proxy' }]);
    expect(report.listeners).toEqual([{ id: 'TCP/80', state: 'serving' }]);
    expect(report.members).toEqual({ healthy: 3, total: 3 });
    expect(new Set([await bed.ask(vip), await bed.ask(vip), await bed.ask(vip)])).toEqual(new Set(['node-1', 'node-2', 'node-3']));
    await provider.close();
  });

  it('serves TCP and UDP on one port number', async () => {
    const bed = new TestBed();
    await bed.node('node-1', '10.0.0.1', { tcp: [30053], udp: [30054] });
    const provider = await bed.start();
    await bed.pass(provider, spec({ members: nodes.slice(0, 1), listeners: [listener('TCP', 53, 30053), listener('UDP', 53, 30054)] }));

    const client = await bed.udpClient();
    await client.send('hello', { ...vip, port: 53 });

    expect(client.answers).toEqual(['node-1:hello via 127.80.0.129']);
    expect(await bed.ask({ ...vip, port: 53 })).toBe('node-1');
  });

  it('opens the recorded sockets again after a crash, with nothing left to plan and the file byte-equal', async () => {
    const bed = new TestBed();
    await bed.node('node-1', '10.0.0.1', { tcp: [30080] });
    const want = spec({ members: nodes.slice(0, 1) });
    await bed.pass(await bed.start(), want);
    const before = bed.file;
    bed.simulator.crash();
    expect(bed.network.isListening('TCP', vip)).toBe(false);

    const provider = await bed.start();

    const { plan, report } = await bed.pass(provider, want);
    expect(plan).toEqual({ steps: [], refusals: [] });
    expect(report.ingress).toEqual([{ ip: '127.80.0.129', ipMode: 'Proxy' }]);
    expect(bed.file).toBe(before);
    expect(await bed.ask(vip)).toBe('node-1');
  });

  it('is gone when it is deleted: socket, connections, record', async () => {
    const bed = new TestBed();
    const node = await bed.node('node-1', '10.0.0.1', { tcp: [30080] });
    const provider = await bed.start();
    const want = spec({ members: nodes.slice(0, 1) });
    await bed.pass(provider, want);
    const open = await bed.network.at(ip('10.9.9.9')).connectTcp(vip, 1000);
    await settle();
    expect(node.streams).toHaveLength(1);

    const { plan, again, report } = await bed.pass(provider, gone(want.owner));

    expect(plan.steps).toMatchObject([{ id: 'lb-1/delete', disruption: 'destroys', claim: { loses: ['address 127.80.0.129 (lb-1)'] } }]);
    expect(again.steps).toEqual([]);
    expect(report.ingress).toEqual([]);
    expect(typeof open === 'string' || open.stream.destroyed).toBe(true);
    expect(node.streams[0]?.destroyed).toBe(true);
    expect(bed.network.isListening('TCP', vip)).toBe(false);
    expect(JSON.parse(bed.file)).toMatchObject({ created: 1, loadBalancers: [], memberSets: {} });
  });
});
