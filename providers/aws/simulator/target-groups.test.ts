import { expect, it } from 'vitest';
import type { ElbHealthCheck } from '../api/elb.ts';
import type { SimulatedElb } from './simulated-elb.ts';
import { newListener, newLoadBalancer, newTargetGroup, options, refusalOf, region, serving, tcpCheck } from './seed-of-tests.ts';

const invalid = 'InvalidSetting ValidationError';
const a = { instanceId: 'i-0000000a', port: 30_080 };
const b = { instanceId: 'i-0000000b', port: 30_080 };
const instances = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: `i-${index.toString(16).padStart(8, '0')}`,
    state: 'running' as const,
    vpcId: 'vpc-1',
    securityGroups: [],
    subnetId: index % 2 === 0 ? 'subnet-a' : 'subnet-b',
  }));

async function registerMany(elb: SimulatedElb, targetGroup: string, from: number, to: number): Promise<void> {
  for (let first = from; first < to; first += 200) {
    const batch = instances(Math.min(first + 200, to)).slice(first);
    await elb.registerTargets(
      targetGroup,
      batch.map(({ id }) => ({ instanceId: id, port: 30_080 })),
      options,
    );
  }
}

it('answers the one of the same name and settings, with the tags it was made with', async () => {
  const { elb } = region();
  const first = await elb.createTargetGroup(newTargetGroup(), options);

  expect(await elb.createTargetGroup(newTargetGroup({ tags: { another: 'owner' } }), options)).toEqual(first);
  expect(await elb.targetGroups(options)).toEqual([first]);
  expect((await elb.tags([first.arn], options)).get(first.arn)).toEqual({ one: '1' });
});

it.each([
  [{ port: 30_081 }],
  [{ protocol: 'UDP' }],
  [{ vpcId: 'vpc-2' }],
  [{ ipAddressType: 'ipv6' }],
  [{ healthCheck: { ...tcpCheck, intervalSeconds: 30 } }],
] as const)('a name is taken for %j when it is had with other settings', async (change) => {
  const { elb } = region();
  await elb.createTargetGroup(newTargetGroup(), options);

  expect(await refusalOf(elb.createTargetGroup(newTargetGroup(change), options))).toBe('Conflict DuplicateTargetGroupName');
});

it.each([[{ name: 'a'.repeat(33) }], [{ name: 'a.b' }], [{ port: 0 }], [{ port: 65_536 }], [{ vpcId: 'vpc-none' }]])(
  'refuses one with %j',
  async (change) => {
    expect(await refusalOf(region().elb.createTargetGroup(newTargetGroup(change), options))).toBe(invalid);
  },
);

it.each<[Partial<ElbHealthCheck>]>([
  [{ intervalSeconds: 4 }],
  [{ intervalSeconds: 301 }],
  [{ timeoutSeconds: 1 }],
  [{ timeoutSeconds: 121, intervalSeconds: 300 }],
  [{ timeoutSeconds: 11 }],
  [{ healthyThreshold: 1 }],
  [{ unhealthyThreshold: 11 }],
  [{ port: '0' }],
  [{ port: 'http' }],
  [{ path: '/' }],
  [{ matcher: '200' }],
  [{ protocol: 'HTTP', path: 'healthz' }],
  [{ protocol: 'HTTP', matcher: '200-' }],
])('refuses a health check with %j, in a new one and in one that stands', async (change) => {
  const { elb } = region();
  const { arn } = await elb.createTargetGroup(newTargetGroup(), options);
  const healthCheck = { ...tcpCheck, ...change };

  expect(await refusalOf(elb.createTargetGroup(newTargetGroup({ name: 'more', healthCheck }), options))).toBe(invalid);
  expect(await refusalOf(elb.setHealthCheck(arn, healthCheck, options))).toBe(invalid);
});

it('changes the health check in place, path and codes included', async () => {
  const { elb } = region();
  const { arn } = await elb.createTargetGroup(newTargetGroup(), options);
  const check = async () => (await elb.targetGroups(options))[0]?.healthCheck;
  await elb.setHealthCheck(arn, { ...tcpCheck, protocol: 'HTTP', port: '10256' }, options);
  expect(await check()).toMatchObject({ protocol: 'HTTP', port: '10256', path: '/', matcher: '200-399' });
  await elb.setHealthCheck(arn, { ...tcpCheck, protocol: 'HTTP', path: '/healthz', matcher: '200,204' }, options);

  expect(await check()).toMatchObject({ path: '/healthz', matcher: '200,204' });
  expect(await refusalOf(elb.setHealthCheck('arn:none', tcpCheck, options))).toBe('NotFound TargetGroupNotFound');
});

it('has the attributes of a network load balancer, which depend on the protocol', async () => {
  const { elb } = region();
  const { arn } = await elb.createTargetGroup(newTargetGroup(), options);
  const udp = await elb.createTargetGroup(newTargetGroup({ name: 'udp', protocol: 'UDP' }), options);
  const tls = await elb.createTargetGroup(newTargetGroup({ name: 'tls', protocol: 'TLS' }), options);
  const refusal = (group: string, attributes: Record<string, string>) =>
    refusalOf(elb.setTargetGroupAttributes(group, attributes, options));

  expect(await elb.targetGroupAttributes(arn, options)).toMatchObject({
    'deregistration_delay.timeout_seconds': '300',
    'deregistration_delay.connection_termination.enabled': 'false',
    'preserve_client_ip.enabled': 'true',
    'proxy_protocol_v2.enabled': 'false',
    'stickiness.enabled': 'false',
    'stickiness.type': 'source_ip',
  });
  expect(await elb.targetGroupAttributes(udp.arn, options)).toMatchObject({
    'deregistration_delay.connection_termination.enabled': 'true',
  });
  await elb.setTargetGroupAttributes(arn, { 'deregistration_delay.timeout_seconds': '3600', 'proxy_protocol_v2.enabled': 'true' }, options);
  expect(await elb.targetGroupAttributes(arn, options)).toMatchObject({ 'deregistration_delay.timeout_seconds': '3600' });
  expect(await refusal(arn, { 'deregistration_delay.timeout_seconds': '3601' })).toBe(invalid);
  expect(await refusal(arn, { 'slow_start.duration_seconds': '30' })).toBe(invalid);
  expect(await refusal(arn, { 'stickiness.type': 'lb_cookie' })).toBe(invalid);
  expect(await refusal(udp.arn, { 'preserve_client_ip.enabled': 'false' })).toBe(invalid);
  expect(await refusal(tls.arn, { 'stickiness.enabled': 'true' })).toBe(invalid);
});

it('keeps connections to unhealthy targets, for a time, where it is asked to and speaks no UDP', async () => {
  const { elb } = region();
  const { arn } = await elb.createTargetGroup(newTargetGroup(), options);
  const udp = await elb.createTargetGroup(newTargetGroup({ name: 'udp', protocol: 'UDP' }), options);
  const [ends, interval] = [
    'target_health_state.unhealthy.connection_termination.enabled',
    'target_health_state.unhealthy.draining_interval_seconds',
  ];
  const refusal = (group: string, attributes: Record<string, string>) =>
    refusalOf(elb.setTargetGroupAttributes(group, attributes, options));
  const shown = () => elb.targetGroupAttributes(arn, options);

  expect(await refusal(udp.arn, { [ends]: 'true' })).toBe(invalid);
  expect(await refusal(arn, { [interval]: '0' })).toBe('InvalidSetting InvalidConfigurationRequest');
  await elb.setTargetGroupAttributes(arn, { [ends]: 'false', [interval]: '60' }, options);
  expect(await shown()).toMatchObject({ [ends]: 'false', [interval]: '60' });
  await elb.setTargetGroupAttributes(arn, { [ends]: 'true' }, options);
  expect(await shown()).toMatchObject({ [ends]: 'true' });
});

it('is not deleted while a listener forwards to it; when its load balancer is gone it names none', async () => {
  const { elb } = region();
  const { loadBalancer, targetGroup } = await serving(elb);
  expect((await elb.targetGroups(options))[0]?.loadBalancers).toEqual([loadBalancer.arn]);
  expect(await refusalOf(elb.deleteTargetGroup(targetGroup.arn, options))).toBe('ResourceInUse ResourceInUse');
  await elb.deleteLoadBalancer(loadBalancer.arn, options);

  expect((await elb.targetGroups(options))[0]?.loadBalancers).toEqual([]);
  await elb.deleteTargetGroup(targetGroup.arn, options);
  await elb.deleteTargetGroup(targetGroup.arn, options);
  expect(await elb.targetGroups(options)).toEqual([]);
  expect(await elb.tags([targetGroup.arn], options)).toEqual(new Map());
  expect(await refusalOf(elb.targetHealth(targetGroup.arn, options))).toBe('NotFound TargetGroupNotFound');
});

it('a target is an instance and a port: two ports of one instance are two targets', async () => {
  const { elb } = region();
  const { targetGroup } = await serving(elb);
  await elb.registerTargets(targetGroup.arn, [a, { ...a, port: 30_081 }], options);
  await elb.registerTargets(targetGroup.arn, [a], options);

  expect((await elb.targetHealth(targetGroup.arn, options)).map(({ port }) => port)).toEqual([30_080, 30_081]);
});

it.each([
  ['is not there', { instanceId: 'i-none', port: 80 }],
  ['is of another VPC', { instanceId: 'i-000000ff', port: 80 }],
  ['has stopped', { instanceId: 'i-0000000b', port: 80 }],
  ['is of a family that cannot be registered', { instanceId: 'i-0000000c', port: 80 }],
])('one instance that %s fails the whole batch', async (_, target) => {
  const { elb, state } = region();
  state.setInstanceState('i-0000000b', 'stopped');
  state.unfit.add('i-0000000c');
  const { targetGroup } = await serving(elb);

  expect(await refusalOf(elb.registerTargets(targetGroup.arn, [a, target], options))).toBe('MemberNotUsable InvalidTarget');
  expect(await elb.targetHealth(targetGroup.arn, options)).toEqual([]);
});

it('a target is initial, healthy, draining for the delay of its group, then gone', async () => {
  const { clock, elb } = region();
  const { targetGroup } = await serving(elb, {}, { subnets: [{ subnetId: 'subnet-a' }, { subnetId: 'subnet-b' }] });
  const health = async () => (await elb.targetHealth(targetGroup.arn, options)).map(({ instanceId, state }) => `${instanceId} ${state}`);
  await elb.setTargetGroupAttributes(targetGroup.arn, { 'deregistration_delay.timeout_seconds': '60' }, options);
  await elb.registerTargets(targetGroup.arn, [a, b], options);
  clock.advance(29_999);
  expect(await health()).toEqual(['i-0000000a initial', 'i-0000000b initial']);
  clock.advance(1);
  expect(await health()).toEqual(['i-0000000a healthy', 'i-0000000b healthy']);
  await elb.deregisterTargets(targetGroup.arn, [a], options);
  clock.advance(59_999);
  // Asked a second time, it drains no longer.
  await elb.deregisterTargets(targetGroup.arn, [a], options);
  expect(await health()).toEqual(['i-0000000a draining', 'i-0000000b healthy']);
  clock.advance(1);
  expect(await health()).toEqual(['i-0000000b healthy']);
});

it('takes a draining target back', async () => {
  const { clock, elb } = region();
  const { targetGroup } = await serving(elb);
  await elb.registerTargets(targetGroup.arn, [a], options);
  await elb.deregisterTargets(targetGroup.arn, [a], options);
  await elb.registerTargets(targetGroup.arn, [a], options);
  clock.advance(300_000);

  expect(await elb.targetHealth(targetGroup.arn, options)).toEqual([{ ...a, state: 'healthy' }]);
});

it('deregistering what is not registered is no error; without a load balancer nothing drains', async () => {
  const { elb } = region();
  const { arn } = await elb.createTargetGroup(newTargetGroup(), options);
  await elb.deregisterTargets(arn, [a], options);
  await elb.registerTargets(arn, [a], options);
  expect(await elb.targetHealth(arn, options)).toEqual([{ ...a, state: 'unused', reason: 'Target.NotInUse' }]);
  await elb.deregisterTargets(arn, [a], options);

  expect(await elb.targetHealth(arn, options)).toEqual([]);
  expect(await refusalOf(elb.deregisterTargets('arn:none', [a], options))).toBe('NotFound TargetGroupNotFound');
});

it('shows what fails its checks, what has stopped and what stands in a zone that is not served', async () => {
  const { clock, state, elb } = region();
  const { targetGroup } = await serving(elb);
  const reason = async () => (await elb.targetHealth(targetGroup.arn, options)).map((target) => target.reason);
  await elb.registerTargets(targetGroup.arn, [a, b], options);
  clock.advance(30_000);
  state.unhealthy.add(a.instanceId);
  expect(await reason()).toEqual(['Target.FailedHealthChecks', 'Target.NotInUse']);
  state.setInstanceState(a.instanceId, 'stopped');
  expect(await reason()).toEqual(['Target.InvalidState', 'Target.NotInUse']);
  state.setInstanceState(a.instanceId, 'terminated');

  expect(await reason()).toEqual(['Target.NotInUse']);
});

it('takes 200 targets a call, 1000 a group; what drains does not count', async () => {
  const { elb } = region({}, { instances: instances(1001) });
  const { arn } = await elb.createTargetGroup(newTargetGroup(), options);
  expect(await refusalOf(registerMany(elb, arn, 0, 1001))).toBe('QuotaExceeded TooManyTargets');

  expect(await elb.targetHealth(arn, options)).toHaveLength(1000);
  const tooMany = instances(201).map(({ id }) => ({ instanceId: id, port: 30_080 }));
  expect(await refusalOf(elb.registerTargets(arn, tooMany, options))).toBe(invalid);
  expect(await refusalOf(elb.deregisterTargets(arn, tooMany, options))).toBe(invalid);
  await elb.createListener(newListener((await elb.createLoadBalancer(newLoadBalancer(), options)).arn, arn), options);
  await elb.deregisterTargets(arn, tooMany.slice(0, 2), options);
  await elb.registerTargets(arn, [{ instanceId: 'i-000003e8', port: 30_080 }], options);
  expect(await elb.targetHealth(arn, options)).toHaveLength(1001);
});

it('a load balancer has its quota over all its target groups, 500 in a zone, and in all once zones are crossed', async () => {
  const quotas = { targetsPerLoadBalancer: 5, targetsPerZone: 3 };
  const { elb } = region({ quotas }, { instances: instances(8) });
  const { loadBalancer, targetGroup } = await serving(elb);
  const second = await elb.createTargetGroup(newTargetGroup({ name: 'second' }), options);
  const full = 'QuotaExceeded TooManyTargets';
  await registerMany(elb, targetGroup.arn, 0, 4);
  await registerMany(elb, second.arn, 4, 6);

  const listener = newListener(loadBalancer.arn, second.arn, { port: 443 });
  expect(await refusalOf(elb.createListener(listener, options))).toBe(full);
  await elb.deregisterTargets(second.arn, [{ instanceId: 'i-00000005', port: 30_080 }], options);
  await elb.createListener(listener, options);
  expect(await refusalOf(registerMany(elb, second.arn, 6, 7))).toBe(full);
  await elb.deregisterTargets(targetGroup.arn, [{ instanceId: 'i-00000003', port: 30_080 }], options);
  // The fourth in its zone, while there is room for one more in all.
  expect(await refusalOf(registerMany(elb, second.arn, 6, 7))).toBe(full);
  await elb.setLoadBalancerAttributes(loadBalancer.arn, { 'load_balancing.cross_zone.enabled': 'true' }, options);
  expect(await refusalOf(registerMany(elb, second.arn, 5, 6))).toBe(full);
});
