import { expect, it } from 'vitest';
import { newListener, newLoadBalancer, newTargetGroup, options, refusalOf, region, serving } from './seed-of-tests.ts';

const subnetA = { subnetId: 'subnet-a' };
const subnetB = { subnetId: 'subnet-b' };
const invalid = 'InvalidSetting InvalidConfigurationRequest';

it('answers the one of the same name and settings, with the tags it was made with', async () => {
  const { elb } = region();
  const first = await elb.createLoadBalancer(newLoadBalancer(), options);
  const again = await elb.createLoadBalancer(newLoadBalancer({ tags: { another: 'owner' } }), options);

  expect(again).toEqual(first);
  expect(await elb.loadBalancers(options)).toHaveLength(1);
  expect((await elb.tags([first.arn], options)).get(first.arn)).toEqual({ one: '1' });
});

it.each([
  [{ scheme: 'internal' }],
  [{ subnets: [subnetA, subnetB] }],
  [{ subnets: [{ ...subnetA, allocationId: 'eipalloc-1' }] }],
  [{ securityGroups: ['sg-node'] }],
  [{ ipAddressType: 'dualstack' }],
] as const)('a name is taken for %j when it is had with other settings', async (change) => {
  const { elb } = region();
  await elb.createLoadBalancer(newLoadBalancer(), options);

  expect(await refusalOf(elb.createLoadBalancer(newLoadBalancer(change), options))).toBe('Conflict DuplicateLoadBalancerName');
});

it.each([
  ['a name of 33 letters', { name: 'a'.repeat(33) }, 'InvalidSetting ValidationError'],
  ['a name with an underscore', { name: 'a_b' }, 'InvalidSetting ValidationError'],
  ['a name that begins with a hyphen', { name: '-a' }, 'InvalidSetting ValidationError'],
  ['a name that ends with a hyphen', { name: 'a-' }, 'InvalidSetting ValidationError'],
  ['a name that begins with internal-', { name: 'internal-a' }, 'InvalidSetting ValidationError'],
  ['no subnet', { subnets: [] }, 'InvalidSetting ValidationError'],
  ['a subnet that is not there', { subnets: [{ subnetId: 'subnet-none' }] }, 'InvalidSetting SubnetNotFound'],
  ['two subnets of one zone', { subnets: [subnetA, { subnetId: 'subnet-a2' }] }, invalid],
  ['subnets of two VPCs', { subnets: [subnetB, { subnetId: 'subnet-other' }] }, invalid],
  ['a subnet with seven free addresses', { subnets: [{ subnetId: 'subnet-full' }] }, 'InvalidSetting InvalidSubnet'],
  ['a VPC without internet gateway', { subnets: [{ subnetId: 'subnet-other' }], securityGroups: [] }, 'InvalidSetting InvalidSubnet'],
  ['dual stack in a subnet without IPv6', { subnets: [{ subnetId: 'subnet-a2' }], ipAddressType: 'dualstack' }, invalid],
  ['a security group that is not there', { securityGroups: ['sg-none'] }, 'InvalidSetting InvalidSecurityGroup'],
  ['a security group of another VPC', { securityGroups: ['sg-other'] }, 'InvalidSetting InvalidSecurityGroup'],
  ['an Elastic IP that is not there', { subnets: [{ ...subnetA, allocationId: 'eipalloc-none' }] }, 'InvalidSetting AllocationIdNotFound'],
  ['an Elastic IP inside', { scheme: 'internal', subnets: [{ ...subnetA, allocationId: 'eipalloc-1' }] }, invalid],
  ['an Elastic IP twice', { subnets: [subnetA, subnetB].map((it) => ({ ...it, allocationId: 'eipalloc-1' })) }, invalid],
  ['a private address outside', { subnets: [{ ...subnetA, privateIpv4: '10.0.0.9' }] }, invalid],
  ['a private address of another subnet', { scheme: 'internal', subnets: [{ ...subnetA, privateIpv4: '10.0.2.9' }] }, invalid],
  ['a private address that Amazon keeps', { scheme: 'internal', subnets: [{ ...subnetA, privateIpv4: '10.0.0.3' }] }, invalid],
  ['a tag under aws:', { tags: { 'aws:mine': '1' } }, 'InvalidSetting ValidationError'],
] as const)('refuses %s, and makes nothing', async (_, change, refusal) => {
  const { elb } = region();

  expect(await refusalOf(elb.createLoadBalancer(newLoadBalancer(change), options))).toBe(refusal);
  expect(await elb.loadBalancers(options)).toEqual([]);
});

it('names it as a network load balancer, with a name in DNS that is its own', async () => {
  const { elb } = region();
  const made = await elb.createLoadBalancer(newLoadBalancer(), options);

  expect(made.arn).toContain(':loadbalancer/net/p-default-web-0123456789/');
  expect(made.dnsName).toMatch(/^p-default-web-0123456789-[0-9a-f]{16}\.elb\.eu-west-1\.amazonaws\.com$/);
  expect(made).toMatchObject({ type: 'network', vpcId: 'vpc-1', scheme: 'internet-facing' });
});

it('provisions for its time, however often it is looked at, and is active then or has failed', async () => {
  const { clock, state, elb } = region();
  const { arn } = await elb.createLoadBalancer(newLoadBalancer(), options);
  const stateNow = async () => (await elb.loadBalancersByArn([arn, 'arn:none'], options)).map((it) => it.state);

  clock.advance(119_999);
  expect(await stateNow()).toEqual(['provisioning']);
  clock.advance(1);
  expect(await stateNow()).toEqual(['active']);
  state.failLoadBalancer(arn);
  expect(await stateNow()).toEqual(['failed']);
});

it('shows static addresses where they were asked for, and associates the Elastic IP', async () => {
  const { elb, ec2 } = region();
  const subnets = [subnetB, { ...subnetA, allocationId: 'eipalloc-1' }];
  const made = await elb.createLoadBalancer(newLoadBalancer({ subnets }), options);
  const inside = { name: 'inside', scheme: 'internal', subnets: [{ ...subnetA, privateIpv4: '10.0.0.9' }] } as const;

  expect(made.zones).toEqual([
    { zone: 'eu-west-1a', subnetId: 'subnet-a', ipv4: '198.51.100.1', allocationId: 'eipalloc-1' },
    { zone: 'eu-west-1b', subnetId: 'subnet-b' },
  ]);
  const [address] = await ec2.addresses(['198.51.100.1'], [], options);
  expect(address).toMatchObject({ associationId: expect.stringMatching(/^eipassoc-/) as string });
  expect(address?.networkInterfaceId).toMatch(/^eni-/);
  const second = newLoadBalancer({ name: 'second', subnets: [{ ...subnetA, allocationId: 'eipalloc-1' }] });
  expect(await refusalOf(elb.createLoadBalancer(second, options))).toBe('AddressInUse ResourceInUse');
  const internal = await elb.createLoadBalancer(newLoadBalancer(inside), options);
  expect(internal.zones).toEqual([{ zone: 'eu-west-1a', subnetId: 'subnet-a', privateIpv4: '10.0.0.9' }]);
  const rival = newLoadBalancer({ ...inside, name: 'rival' });
  expect(await refusalOf(elb.createLoadBalancer(rival, options))).toBe('AddressInUse ResourceInUse');
});

it('its interfaces outlive it: security group and Elastic IP are held for a while', async () => {
  const { clock, elb, ec2 } = region();
  const subnets = [{ ...subnetA, allocationId: 'eipalloc-1' }];
  const { arn } = await elb.createLoadBalancer(newLoadBalancer({ subnets }), options);
  const free = async () => (await ec2.subnets('vpc-1', options))[0]?.freeAddresses;
  expect(await free()).toBe(199);
  await elb.deleteLoadBalancer(arn, options);
  clock.advance(59_999);

  expect(await elb.loadBalancers(options)).toEqual([]);
  expect(await refusalOf(ec2.deleteSecurityGroup('sg-front', options))).toBe('ResourceInUse DependencyViolation');
  const again = newLoadBalancer({ subnets });
  expect(await refusalOf(elb.createLoadBalancer(again, options))).toBe('AddressInUse ResourceInUse');
  clock.advance(1);
  await ec2.deleteSecurityGroup('sg-front', options);
  await elb.createLoadBalancer({ ...again, securityGroups: [] }, options);
  expect(await free()).toBe(199);
});

it('is not deleted while it is protected; what is gone is deleted already', async () => {
  const { elb } = region();
  const { arn } = await elb.createLoadBalancer(newLoadBalancer(), options);
  await elb.setLoadBalancerAttributes(arn, { 'deletion_protection.enabled': 'true' }, options);

  expect(await refusalOf(elb.deleteLoadBalancer(arn, options))).toBe('ResourceInUse OperationNotPermitted');
  await elb.setLoadBalancerAttributes(arn, { 'deletion_protection.enabled': 'false' }, options);
  await elb.deleteLoadBalancer(arn, options);
  await elb.deleteLoadBalancer(arn, options);
  expect(await elb.loadBalancersByArn([arn], options)).toEqual([]);
  expect(await elb.tags([arn], options)).toEqual(new Map());
  expect(await elb.listeners(arn, options)).toEqual([]);
});

it('one made without security groups never gets any; one made with keeps one at least', async () => {
  const { elb } = region();
  const without = await elb.createLoadBalancer(newLoadBalancer({ name: 'without', securityGroups: [] }), options);
  const made = await elb.createLoadBalancer(newLoadBalancer(), options);

  expect(await refusalOf(elb.setSecurityGroups(without.arn, ['sg-front'], options))).toBe(invalid);
  expect(await refusalOf(elb.setSecurityGroups(made.arn, [], options))).toBe(invalid);
  expect(await refusalOf(elb.setSecurityGroups(made.arn, ['sg-none'], options))).toBe('InvalidSetting InvalidSecurityGroup');
  await elb.setSecurityGroups(made.arn, ['sg-node', 'sg-front', 'sg-node'], options);
  const [shown] = await elb.loadBalancersByArn([made.arn], options);
  expect(shown?.securityGroups).toEqual(['sg-front', 'sg-node']);
});

it('lets go of a security group as soon as it is changed for another', async () => {
  const { elb, ec2 } = region();
  const { arn } = await elb.createLoadBalancer(newLoadBalancer(), options);
  await elb.setSecurityGroups(arn, ['sg-node'], options);

  await ec2.deleteSecurityGroup('sg-front', options);
  expect(await ec2.securityGroups('vpc-1', { ids: ['sg-front'] }, options)).toEqual([]);
});

it('holds five security groups', async () => {
  const { elb, ec2 } = region();
  const ids: string[] = [];
  for (let index = 0; index < 6; index++) {
    ids.push((await ec2.createSecurityGroup({ name: `g${index}`, description: 'd', vpcId: 'vpc-1', tags: {} }, options)).id);
  }

  expect(await refusalOf(elb.createLoadBalancer(newLoadBalancer({ securityGroups: ids }), options))).toBe(invalid);
  await elb.createLoadBalancer(newLoadBalancer({ securityGroups: ids.slice(1) }), options);
});

it('takes further zones and gives them up, down to one; within a zone it stays where it is', async () => {
  const { elb } = region();
  const subnets = [{ ...subnetA, allocationId: 'eipalloc-1' }];
  const { arn } = await elb.createLoadBalancer(newLoadBalancer({ subnets }), options);
  const zones = async () => (await elb.loadBalancersByArn([arn], options))[0]?.zones.map((it) => [it.subnetId, it.allocationId]);

  await elb.setSubnets(arn, [subnetA, subnetB], 'ipv4', options);
  expect(await zones()).toEqual([
    ['subnet-a', 'eipalloc-1'],
    ['subnet-b', undefined],
  ]);
  expect(await refusalOf(elb.setSubnets(arn, [{ subnetId: 'subnet-a2' }], 'ipv4', options))).toBe(invalid);
  const other = [{ ...subnetA, allocationId: 'eipalloc-2' }];
  expect(await refusalOf(elb.setSubnets(arn, other, 'ipv4', options))).toBe(invalid);
  expect(await refusalOf(elb.setSubnets(arn, [], 'ipv4', options))).toBe('InvalidSetting ValidationError');
  await elb.setSubnets(arn, [subnetB], 'ipv4', options);
  expect(await zones()).toEqual([['subnet-b', undefined]]);
});

it('becomes dual-stack in place where its subnets can and nothing serves UDP', async () => {
  const { elb } = region();
  const { loadBalancer } = await serving(elb);
  await elb.setIpAddressType(loadBalancer.arn, 'dualstack', options);
  const sixth = await elb.createTargetGroup(newTargetGroup({ name: 'six', ipAddressType: 'ipv6' }), options);
  await elb.createListener(newListener(loadBalancer.arn, sixth.arn, { port: 443 }), options);

  expect((await elb.loadBalancersByArn([loadBalancer.arn], options))[0]?.ipAddressType).toBe('dualstack');
  expect(await refusalOf(elb.setIpAddressType(loadBalancer.arn, 'ipv4', options))).toBe(invalid);
  const udp = await serving(elb, { name: 'udp', protocol: 'UDP' }, { name: 'udp' });
  expect(await refusalOf(elb.setIpAddressType(udp.loadBalancer.arn, 'dualstack', options))).toBe(invalid);
  const plain = await elb.createLoadBalancer(newLoadBalancer({ name: 'plain', subnets: [{ subnetId: 'subnet-a2' }] }), options);
  expect(await refusalOf(elb.setIpAddressType(plain.arn, 'dualstack', options))).toBe(invalid);
});

it('has the attributes of a network load balancer and no others', async () => {
  const { elb } = region();
  const { arn } = await elb.createLoadBalancer(newLoadBalancer(), options);
  const set = (attributes: Record<string, string>) => elb.setLoadBalancerAttributes(arn, attributes, options);

  expect(await elb.loadBalancerAttributes(arn, options)).toMatchObject({
    'deletion_protection.enabled': 'false',
    'load_balancing.cross_zone.enabled': 'false',
    'ipv6.deny_all_igw_traffic': 'false',
  });
  const internal = await elb.createLoadBalancer(newLoadBalancer({ name: 'inside', scheme: 'internal' }), options);
  expect(await elb.loadBalancerAttributes(internal.arn, options)).toMatchObject({ 'ipv6.deny_all_igw_traffic': 'true' });
  expect(await refusalOf(set({ 'idle_timeout.timeout_seconds': '60' }))).toBe('InvalidSetting ValidationError');
  expect(await refusalOf(set({ toString: 'x' }))).toBe('InvalidSetting ValidationError');
  expect(await refusalOf(set({ 'load_balancing.cross_zone.enabled': 'yes' }))).toBe('InvalidSetting ValidationError');
  expect(await refusalOf(set({ 'access_logs.s3.enabled': 'true' }))).toBe(invalid);
  await set({ 'access_logs.s3.enabled': 'true', 'access_logs.s3.bucket': 'logs' });
  expect(await elb.loadBalancerAttributes(arn, options)).toMatchObject({ 'access_logs.s3.bucket': 'logs' });
  expect(await refusalOf(elb.setLoadBalancerAttributes('arn:none', {}, options))).toBe('NotFound LoadBalancerNotFound');
});

it('lists all, 400 a page, and one page where there is nothing', async () => {
  const { elb, door } = region({ quotas: { targetGroups: 401 } });
  expect(await elb.loadBalancers(options)).toEqual([]);
  for (let index = 0; index < 401; index++) await elb.createTargetGroup(newTargetGroup({ name: `g${index}` }), options);

  expect(await elb.targetGroups(options)).toHaveLength(401);
  expect(door.calls.get('elasticloadbalancing:DescribeLoadBalancers')).toBe(1);
  expect(door.calls.get('elasticloadbalancing:DescribeTargetGroups')).toBe(2);
  const more = elb.createTargetGroup(newTargetGroup({ name: 'more' }), options);
  expect(await refusalOf(more)).toBe('QuotaExceeded TooManyTargetGroups');
});

it('has 50 load balancers in a region', async () => {
  const { elb } = region();
  for (let index = 0; index < 50; index++) await elb.createLoadBalancer(newLoadBalancer({ name: `l${index}` }), options);

  expect(await refusalOf(elb.createLoadBalancer(newLoadBalancer(), options))).toBe('QuotaExceeded TooManyLoadBalancers');
});

it('tags 50 a thing, asks for 20 at once and leaves out what is gone', async () => {
  const { elb } = region();
  const { loadBalancer, targetGroup, listener } = await serving(elb);
  const all = [loadBalancer.arn, targetGroup.arn, listener.arn];
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${index}`, 'x']));
  await elb.addTags(all, many(49), options);

  expect(await refusalOf(elb.addTags([targetGroup.arn], { more: '' }, options))).toBe('QuotaExceeded TooManyTags');
  await elb.removeTags(all, Object.keys(many(49)), options);
  expect(await elb.tags([...all, 'arn:none'], options)).toEqual(
    new Map([
      [loadBalancer.arn, { one: '1' }],
      [targetGroup.arn, { one: '1' }],
      [listener.arn, {}],
    ]),
  );
  const twentyOne = Array.from({ length: 21 }, () => loadBalancer.arn);
  expect(await refusalOf(elb.tags(twentyOne, options))).toBe('InvalidSetting ValidationError');
  expect(await refusalOf(elb.loadBalancersByArn(twentyOne, options))).toBe('InvalidSetting ValidationError');
  expect(await refusalOf(elb.addTags(twentyOne, {}, options))).toBe('InvalidSetting ValidationError');
  await elb.deleteLoadBalancer(loadBalancer.arn, options);
  expect(await refusalOf(elb.addTags([targetGroup.arn, loadBalancer.arn], { x: '' }, options))).toBe('NotFound LoadBalancerNotFound');
  expect(await refusalOf(elb.removeTags([listener.arn], ['x'], options))).toBe('NotFound ListenerNotFound');
  expect((await elb.tags([targetGroup.arn], options)).get(targetGroup.arn)).toEqual({ one: '1' });
});
