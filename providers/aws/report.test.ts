import { describe, expect, it } from 'vitest';
import { settle } from '../../src/clock.ts';
import { fieldPath } from '../../src/model/ids.ts';
import { parseIp } from '../../src/net/ip.ts';
import { frozen, gone, listener, member, spec, TestBed, unit } from './test-bed.ts';

const memory = Number.POSITIVE_INFINITY;
const quick = { times: { provisioning: 0, initial: 0 } };
const ipOf = (text: string) => {
  const ip = parseIp(text);
  if (ip === undefined) throw new Error(`no address: ${text}`);
  return ip;
};
const at = (text: string) =>
  spec({ addresses: [{ family: 'IPv4', required: true, requested: { address: ipOf(text), from: fieldPath('spec.loadBalancerIP') } }] });

describe('the listeners of a report', () => {
  it('are pending until Amazon has made it, and then serve', async () => {
    const bed = await new TestBed().startWithUnit();
    const { report } = await bed.pass(spec());
    expect(report.listeners).toMatchObject([{ id: 'TCP/80', state: 'pending', text: expect.stringContaining('is making') as string }]);
    for (let seconds = 0; seconds <= 120; seconds += 15) await bed.clock.advanceAsync(15_000);
    await settle();
    expect((await bed.pass(spec(), memory)).report.listeners).toEqual([{ id: 'TCP/80', state: 'serving' }]);
  });

  it('have failed where Amazon gave up', async () => {
    const bed = await new TestBed().startWithUnit();
    await bed.pass(spec());
    const [arn] = bed.region.state.loadBalancers.keys();
    bed.region.state.failLoadBalancer(arn ?? '');
    bed.clock.advance(60_000);
    const { report } = await bed.pass(spec());
    expect(report.listeners).toMatchObject([{ state: 'failed', reason: 'CloudUnavailable' }]);
  });

  it('are each told by their own protocol, where one of Amazon’s serves both', async () => {
    const bed = await new TestBed(quick).startWithUnit();
    const want = spec({ listeners: [listener('TCP', 53, 30_053), listener('UDP', 53, 30_053)] });
    const { report } = await bed.pass(want);
    expect([report.listeners.map(({ state }) => state), bed.region.state.listeners.size]).toEqual([['serving', 'serving'], 1]);
  });

  it('serve by TLS what is TCP to a Service', async () => {
    const bed = await new TestBed(quick).startWithUnit();
    const { report } = await bed.pass(spec({}, { 'ssl-cert': 'arn:cert/1' }));
    expect(report.listeners).toEqual([{ id: 'TCP/80', state: 'serving' }]);
  });

  it('are pending where nothing is there and nothing may be made', async () => {
    const bed = new TestBed();
    await bed.start();
    const { report } = await bed.pass(spec());
    expect(report).toMatchObject({ ingress: [], listeners: [{ state: 'pending' }] });
    const held = await bed.pass(frozen(spec()));
    expect(held.report).toEqual({ ingress: [], listeners: [], notices: [] });
  });
});

describe('the address of a report', () => {
  it('is a name, in small letters', async () => {
    const bed = await new TestBed().startWithUnit();
    const { report } = await bed.pass(spec({}, { name: 'Shop' }));
    expect(report.ingress).toEqual([{ hostname: expect.stringMatching(/^shop-.*\.amazonaws\.com$/) as string }]);
  });

  it('is an address where one is asked for, by the load balancer, and stays it while another wish waits', async () => {
    const bed = await new TestBed().startWithUnit();
    const { report } = await bed.pass(at('198.51.100.1'));
    expect(report.ingress).toEqual([{ ip: '198.51.100.1', ipMode: 'Proxy' }]);
    const want = { ...at('198.51.100.2'), published: [{ ip: ipOf('198.51.100.1') }] };
    const { provider, ctx } = bed;
    const have = await provider.observe(want, { maxAgeMs: 0 }, ctx);
    expect(provider.report(want, have).ingress).toEqual([{ ip: '198.51.100.1', ipMode: 'Proxy' }]);
  });

  it('is unknown where only status can say: held back with addresses, or released', async () => {
    const bed = await new TestBed().startWithUnit();
    await bed.pass(at('198.51.100.1'));
    expect((await bed.pass(frozen(at('198.51.100.1')))).report.ingress).toBe('unknown');
    expect((await bed.pass(gone(spec().owner, 'everything'))).report.ingress).toBe('unknown');
    expect((await bed.pass(gone(spec().owner))).report.ingress).toEqual([]);
  });

  it('is its name where it is held back and has no other', async () => {
    const bed = await new TestBed().startWithUnit();
    const { report } = await bed.pass(spec());
    const held = await bed.pass(frozen(spec()));
    expect([held.report.ingress, held.report.id]).toEqual([report.ingress, report.id]);
  });
});

describe('the members of a report', () => {
  it('are counted once all of them have been checked', async () => {
    const bed = await new TestBed({ times: { provisioning: 0 } }).startWithUnit();
    expect((await bed.pass(spec())).report.members).toBeUndefined();
    bed.clock.advance(60_000);
    bed.region.state.unhealthy.add('i-0000000b');
    expect((await bed.pass(spec())).report).toMatchObject({ members: { healthy: 1, total: 2 }, notices: [] });
  });

  it('that are all unhealthy are told of', async () => {
    const bed = await new TestBed({ times: { provisioning: 0 } }).startWithUnit();
    await bed.pass(spec());
    bed.clock.advance(60_000);
    for (const id of ['i-0000000a', 'i-0000000b']) bed.region.state.unhealthy.add(id);
    const { report } = await bed.pass(spec());
    expect(report.members).toEqual({ healthy: 0, total: 2 });
    expect(report.notices).toHaveLength(1);
  });
});

it('nodes whose security group is not clear are named up to five, and counted', async () => {
  const bed = new TestBed();
  await bed.start();
  const unknown = Array.from({ length: 8 }, (_, index) => member(String(index + 1)));
  const { report } = await bed.pass(unit([member('a'), ...unknown]));
  expect(report.notices).toHaveLength(6);
  expect(report.notices[5]?.text).toBe('and 3 more nodes');
});
