import { describe, expect, it } from 'vitest';
import { ManualClock, settle } from '../../../src/clock.ts';
import { serviceKey, serviceLoadBalancer, serviceUid, clusterId } from '../../../src/model/ids.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { Owner } from '../../../src/model/owner.ts';
import { marksOf } from '../../../src/model/owner.ts';
import { AmazonSimulation } from './amazon-simulation.ts';
import { newListener, newLoadBalancer, newTargetGroup, options } from './seed-of-tests.ts';
import { SimulatedEc2 } from './simulated-ec2.ts';
import { SimulatedElb } from './simulated-elb.ts';
import { SimulatedProcess } from './simulated-process.ts';
import { nodeGroup, subnetId, vpcId } from './three-zones.ts';

const uid = serviceUid('00000000-0000-4000-8000-000000000001');
const owner: Owner = {
  clusterId: clusterId('one'),
  key: serviceLoadBalancer(uid),
  services: [{ uid, name: serviceKey('default', 'web') }],
};

/** With a load balancer of the owner's that listens on port 80 and forwards to one node. */
async function serving(over: Parameters<typeof newLoadBalancer>[0] = {}) {
  const clock = new ManualClock();
  const simulation = new AmazonSimulation(clock);
  const elb = new SimulatedElb(simulation.door);
  const tags = marksOf(owner);
  const subnets = [{ subnetId: subnetId('a', 'public') }, { subnetId: subnetId('b', 'public') }];
  const loadBalancer = await elb.createLoadBalancer(newLoadBalancer({ tags, subnets, securityGroups: [nodeGroup], ...over }), options);
  const targetGroup = await elb.createTargetGroup(newTargetGroup({ tags, vpcId }), options);
  const instanceId = simulation.nodeProviderId(0).split('/').at(-1) ?? '';
  await elb.registerTargets(targetGroup.arn, [{ instanceId, port: 30_080 }], options);
  await elb.createListener(newListener(loadBalancer.arn, targetGroup.arn), options);
  return { clock, simulation, elb, loadBalancer, targetGroup };
}

describe('the simulated Amazon', () => {
  it('says what stands there, but not what stood there from the beginning', async () => {
    const { simulation, loadBalancer, targetGroup } = await serving();
    expect(simulation.standing()).toEqual([loadBalancer.arn, targetGroup.arn]);
  });

  it('resolves names to an address per zone and family', async () => {
    const { simulation, loadBalancer } = await serving({ ipAddressType: 'dualstack' });
    expect(simulation.resolve(loadBalancer.dnsName.toLowerCase())).toEqual([
      '203.0.113.1',
      '2001:db8:ffff::1',
      '203.0.113.2',
      '2001:db8:ffff::2',
    ]);
    expect(simulation.resolve('gone.example')).toEqual([]);
  });

  it('has a machine behind each node, which is there from then on', () => {
    const simulation = new AmazonSimulation(new ManualClock());
    expect(simulation.nodeProviderId(1)).toBe('aws:///eu-central-1b/i-00000000000000002');
    simulation.state.setInstanceState('i-00000000000000002', 'stopped');
    simulation.nodeProviderId(1);
    expect(simulation.state.instances.get('i-00000000000000002')?.state).toBe('stopped');
  });

  it('lets others remove members, listeners and load balancers, and what they planted alone', async () => {
    const { simulation, elb, loadBalancer, targetGroup } = await serving();
    const stray = await simulation.plantStray(owner);
    await simulation.tamper['members-changed'](owner.key);
    expect(await elb.targetHealth(targetGroup.arn, options)).toEqual([]);
    await simulation.tamper['listener-removed'](owner.key);
    expect(await elb.listeners(loadBalancer.arn, options)).toEqual([]);
    await simulation.tamper['load-balancer-removed'](owner.key);
    expect(simulation.standing()).toEqual([stray.id, targetGroup.arn]);
    expect(await stray.untouched()).toBe(true);
  });

  it('takes things of others in, and sees whether somebody touches them', async () => {
    const { simulation, elb } = await serving();
    const others = await simulation.plantForeign('other-cluster', { ...owner, clusterId: clusterId('two') });
    const inTheWay = await simulation.plantForeign('in-the-way', owner);
    expect((await elb.tags([others.id, inTheWay.id], options)).values().toArray()).toEqual([
      marksOf({ ...owner, clusterId: clusterId('two') }),
      { 'example.com/team': 'somebody' },
    ]);
    await elb.addTags([others.id], { touched: 'yes' }, options);
    await elb.deleteLoadBalancer(inTheWay.id, options);
    expect([await others.untouched(), await others.exists()]).toEqual([false, true]);
    expect([await inTheWay.untouched(), await inTheWay.exists()]).toEqual([false, false]);
    await simulation.plantForeign('in-the-way', owner);
    const beside = await simulation.plantForeign('in-the-way', owner);
    expect(simulation.state.loadBalancers.get(beside.id)?.name).toBe('p-default-web-0000000000');
  });

  it('names the calls that can fail', () => {
    const { apiCalls } = new AmazonSimulation(new ManualClock());
    expect(apiCalls).toMatchObject({ 'elb.loadBalancers': 'eventual-read', 'ec2.subnets': 'read', 'elb.registerTargets': 'write' });
  });
});

describe('a killed process', () => {
  it('asks nothing more, is told nothing more, and its timers do not fire', async () => {
    const clock = new ManualClock();
    const process = new SimulatedProcess();
    const heard: string[] = [];
    let asked = 0;
    let answer = (_text: string) => {};
    const api = process.mortal({
      name: 'elb',
      ask: () => {
        asked++;
        return new Promise<string>((resolve) => (answer = resolve));
      },
      fail: () => Promise.reject(new Error('refused')),
    });
    expect(api.name).toBe('elb');
    await expect(api.fail()).rejects.toThrow('refused');
    process.clock(clock).after(1_000, () => heard.push('timer'));
    void api.ask().then((text) => heard.push(text));
    void api.fail().catch(() => heard.push('failure'));
    process.kill();
    answer('answer');
    void api.ask().then((text) => heard.push(text));
    await clock.advanceAsync(2_000);
    await settle();
    expect([asked, heard]).toEqual([1, []]);
    expect(process.clock(clock).now()).toBe(clock.now());
    expect(process.clock(clock).monotonic()).toBe(clock.monotonic());
  });
});

describe('what cases look at and let happen', () => {
  it('is a view of what stands for a key, by port and by part', async () => {
    const { simulation, clock } = await serving();
    clock.advance(120_000);
    expect(simulation.look(owner.key)).toMatchObject({
      count: 1,
      targetGroups: 1,
      loadBalancer: {
        scheme: 'internet-facing',
        state: 'active',
        subnets: [subnetId('a', 'public'), subnetId('b', 'public')],
        securityGroups: [nodeGroup],
      },
      listeners: { 80: { protocol: 'TCP', targetGroup: { targets: ['i-00000000000000001:30080'], healthCheck: { protocol: 'TCP' } } } },
      rules: [],
      nodeRules: [],
    });
    expect(simulation.look(serviceLoadBalancer(serviceUid('00000000-0000-4000-8000-000000000009')))).toEqual({
      count: 0,
      targetGroups: 0,
      rules: [],
      nodeRules: [],
    });
  });

  it('tells the groups of the Service, of the cluster and of others apart', async () => {
    const { simulation, loadBalancer, elb } = await serving();
    const ec2 = new SimulatedEc2(simulation.door);
    const made = (name: string, tags: Readonly<Record<string, string>>) =>
      ec2.createSecurityGroup({ name, description: name, vpcId, tags }, options);
    const [front, back] = [await made('front', marksOf(owner)), await made('back', { 'portolan.dev/key': 'cluster/aws-main' })];
    const rule = { protocol: 'tcp', fromPort: 80, toPort: 80, description: '' } as const;
    await ec2.authorizeIngress(front.id, [{ ...rule, source: { cidr: '192.0.2.0/24' } }], {}, options);
    await ec2.authorizeIngress(nodeGroup, [{ ...rule, fromPort: 30_000, toPort: 32_767, source: { group: back.id } }], {}, options);
    await elb.setSecurityGroups(loadBalancer.arn, [front.id, back.id, 'sg-00000000000000a11'], options);
    expect(simulation.look(owner.key)).toMatchObject({
      loadBalancer: { securityGroups: ['backend', 'frontend', 'sg-00000000000000a11'] },
      rules: ['tcp 80 192.0.2.0/24'],
      nodeRules: ['tcp 30000-32767 backend'],
    });
  });

  it('happens to the load balancers of the key, to instances and to the account', async () => {
    const { simulation, loadBalancer } = await serving();
    const happen = (what: string, given: JsonObject) => simulation.happen[what]?.(given, owner.key);
    happen('attributes-set', { attributes: { 'deletion_protection.enabled': 'true' } });
    happen('tags-added', { tags: { team: 'net' } });
    happen('provisioning-failed', {});
    happen('instance-state', { index: 0, is: 'stopped' });
    happen('quota', { loadBalancers: 1 });
    expect(simulation.look(owner.key)).toMatchObject({
      loadBalancer: { state: 'failed', attributes: { 'deletion_protection.enabled': 'true' }, tags: { team: 'net' } },
    });
    expect(simulation.state.instances.get('i-00000000000000001')?.state).toBe('stopped');
    expect(simulation.state.quotas.loadBalancers).toBe(1);
    expect(simulation.state.loadBalancers.has(loadBalancer.arn)).toBe(true);
  });
});
