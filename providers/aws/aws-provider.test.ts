import { describe, expect, it } from 'vitest';
import { settle } from '../../src/clock.ts';
import { gone, spec, TestBed, total } from './test-bed.ts';

describe('the life of one load balancer', () => {
  it('is made with all that is its own, and nothing is left to do', async () => {
    const bed = await new TestBed().startWithUnit();
    bed.takeCalls();
    const { plan, ran, failed, again, report } = await bed.pass(spec());
    expect(failed).toEqual([]);
    expect(ran.length).toBe(plan.steps.length);
    expect(again).toEqual({ steps: [], refusals: [] });
    expect(report.ingress).toEqual([{ hostname: expect.stringContaining('elb') as string }]);
    expect(report.listeners).toMatchObject([{ id: 'TCP/80', state: 'pending' }]);
    const calls = bed.takeCalls();
    expect(total(calls)).toBeLessThanOrEqual(9);
    expect(calls).toEqual({
      DescribeLoadBalancers: 1,
      DescribeTargetGroups: 1,
      CreateSecurityGroup: 1,
      AuthorizeSecurityGroupIngress: 1,
      CreateLoadBalancer: 1,
      CreateTargetGroup: 1,
      RegisterTargets: 1,
      CreateListener: 1,
    });
  });

  it('goes with all that is its own', async () => {
    const bed = await new TestBed().startWithUnit();
    const want = spec();
    await bed.pass(want);
    bed.clock.advance(60_000);
    bed.takeCalls();
    const first = await bed.pass(gone(want.owner));
    expect(first.failed).toEqual([]);
    expect(first.again).toMatchObject({ steps: [], wait: { reason: 'Pending', retryAfterMs: 20_000 } });
    bed.clock.advance(20_000);
    const held = await bed.pass(gone(want.owner));
    expect([held.failed, held.again]).toMatchObject([[], { steps: [], wait: { reason: 'Pending', retryAfterMs: 20_000 } }]);
    bed.clock.advance(40_000);
    const second = await bed.pass(gone(want.owner));
    expect(second.failed).toEqual([]);
    expect(second.again).toEqual({ steps: [], refusals: [] });
    const { DescribeLoadBalancers, ...others } = bed.takeCalls();
    // One of them asked whether it was ready, one whether it is gone, long after.
    expect(DescribeLoadBalancers).toBe(3);
    expect(others).toEqual({
      DescribeTargetGroups: 2,
      DescribeTags: 1,
      DeleteLoadBalancer: 1,
      DeleteTargetGroup: 1,
      // Amazon's network interfaces had it at first.
      DeleteSecurityGroup: 2,
    });
  });

  it('is ready when Amazon says so, and whoever waits is told', async () => {
    const bed = await new TestBed().startWithUnit();
    const want = spec();
    await bed.pass(want);
    bed.takeCalls();
    const changes = bed.provider.changes(bed.ctx.signal)[Symbol.asyncIterator]();
    const told = changes.next();
    for (let seconds = 0; seconds < 120; seconds += 15) {
      bed.clock.advance(15_000);
      await settle();
    }
    expect(await told).toMatchObject({ value: want.owner.key });
    expect(bed.takeCalls()).toEqual({ DescribeLoadBalancers: 8 });
    const { plan, report } = await bed.pass(want, Number.POSITIVE_INFINITY);
    expect([plan.steps, report.listeners]).toEqual([[], [{ id: 'TCP/80', state: 'serving' }]]);
    expect(bed.takeCalls()).toEqual({});
  });
});

/** What each edit does, what it costs, and what its return costs. */
describe('an edit', () => {
  const edits: readonly (readonly [what: string, annotations: Readonly<Record<string, string>>, steps: readonly string[]])[] = [
    ['cross-zone', { attributes: 'load_balancing.cross_zone.enabled=true' }, ['load-balancer/*/attributes']],
    ['target group attribute', { 'target-group-attributes': 'deregistration_delay.timeout_seconds=30' }, ['target-group/*/attributes']],
    ['listener attribute', { 'listener-attributes.TCP-80': 'tcp.idle_timeout.seconds=600' }, ['listener/80/attributes']],
    ['PROXY protocol', { 'proxy-protocol': '*' }, ['target-group/*/attributes']],
    ['health check', { 'healthcheck-protocol': 'HTTP', 'healthcheck-path': '/live' }, ['target-group/*/health-check']],
    ['TLS', { 'ssl-cert': 'arn:cert/1,arn:cert/2' }, ['listener/80/set', 'listener/80/add-certificates']],
    ['prefix list', { 'security-group-prefix-lists': 'pl-1' }, ['security-group/*/authorize', 'security-group/*/revoke']],
    ['own groups', { 'security-groups': 'sg-front' }, ['load-balancer/*/security-groups', 'security-group/*/delete']],
    ['extra group', { 'extra-security-groups': 'sg-front' }, ['load-balancer/*/security-groups']],
    [
      'tags',
      { 'additional-resource-tags': 'team=a,cost=b' },
      ['load-balancer/*/tags/1', 'target-group/*/tags/1', 'security-group/*/tags/1'],
    ],
    [
      'dual stack',
      { 'ip-address-type': 'dualstack', subnets: 'subnet-a,subnet-b' },
      ['security-group/*/authorize', 'load-balancer/*/ip-address-type'],
    ],
  ];
  const shortened = (ids: readonly string[]) =>
    ids.map((id) => id.replace(/\/(p-|portolan-)[^/]*/, '/*').replace(/authorize\/.*/, 'authorize'));

  it.each(edits)('of %s is made in place, and its return leaves nothing', async (_what, annotations, steps) => {
    const bed = await new TestBed({ times: { interfaces: 0 } }).startWithUnit();
    await bed.pass(spec());
    const edited = await bed.pass(spec({}, annotations));
    expect(edited.failed).toEqual([]);
    expect(shortened(edited.ran)).toEqual(steps);
    expect(edited.again).toEqual({ steps: [], refusals: [] });

    await bed.restart();
    const after = await bed.pass(spec({}, annotations));
    expect(after.plan).toEqual({ steps: [], refusals: [] });
    const back = await bed.pass(spec());
    expect(back.failed).toEqual([]);
    expect(back.ran.length).toBeGreaterThan(0);
    expect(back.again).toEqual({ steps: [], refusals: [] });
  });
});
