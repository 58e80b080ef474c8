import { expect, it } from 'vitest';
import { ManualClock } from '../../../src/clock.ts';
import type { Ec2Rule } from '../api/ec2.ts';
import { AmazonState } from './amazon-state.ts';
import { Door } from './door.ts';
import { options, refusalOf, region, smallRegion } from './seed-of-tests.ts';
import { SimulatedEc2 } from './simulated-ec2.ts';

const rule = (cidr: string, change: Partial<Ec2Rule> = {}): Ec2Rule => ({
  protocol: 'tcp',
  fromPort: 80,
  toPort: 80,
  source: { cidr },
  description: 'clients',
  ...change,
});
const group = { name: 'portolan-a', description: 'of a test', vpcId: 'vpc-1', tags: { one: '1' } };
const rulesOf = async (ec2: SimulatedEc2, id: string) => (await ec2.securityGroups('vpc-1', { ids: [id] }, options))[0]?.ingress ?? [];

it('reads what was seeded, of one VPC, and leaves out what is not there', async () => {
  const { ec2 } = region();

  expect((await ec2.subnets('vpc-1', options)).map(({ id }) => id)).toEqual(['subnet-a', 'subnet-a2', 'subnet-b', 'subnet-full']);
  expect(await ec2.routeTables('vpc-1', options)).toEqual([{ id: 'rtb-1', isMain: true, subnetIds: [], reachesInternet: true }]);
  expect(await ec2.routeTables('vpc-2', options)).toEqual([]);
  const instances = await ec2.instances(['i-0000000b', 'i-none'], options);
  expect(instances).toEqual([{ id: 'i-0000000b', state: 'running', vpcId: 'vpc-1', securityGroups: ['sg-node'] }]);
  const addresses = await ec2.addresses(['198.51.100.1'], ['eipalloc-2', 'eipalloc-none'], options);
  expect(addresses.map(({ allocationId, associationId }) => [allocationId, associationId])).toEqual([
    ['eipalloc-1', undefined],
    ['eipalloc-2', undefined],
  ]);
});

it('finds security groups by id, by Name tag, by tag with and without value, by whom they let in', async () => {
  const { ec2 } = region();
  const ids = async (filter: Parameters<SimulatedEc2['securityGroups']>[1]) =>
    (await ec2.securityGroups('vpc-1', filter, options)).map(({ id }) => id);

  expect(await ids({ ids: ['sg-node', 'sg-other', 'sg-none'] })).toEqual(['sg-node']);
  await ec2.addTags(['sg-front'], { Name: 'in front' }, options);
  expect(await ids({ nameTags: ['in front', 'front'] })).toEqual(['sg-front']);
  expect(await ids({ named: 'front' })).toEqual(['sg-front']);
  expect(await ids({ named: 'fro' })).toEqual([]);
  const letIn = { protocol: 'tcp', fromPort: 1, toPort: 2, source: { group: 'sg-front' }, description: '' } as const;
  await ec2.authorizeIngress('sg-node', [letIn], {}, options);
  expect(await ids({ lettingIn: 'sg-front' })).toEqual(['sg-node']);
  expect(await ids({ lettingIn: 'sg-node' })).toEqual([]);
  expect(await ids({ tag: 'kubernetes.io/cluster/one' })).toEqual(['sg-node']);
  expect(await ids({ tag: 'kubernetes.io/cluster/one', value: 'shared' })).toEqual([]);
});

it('makes a group with its tags in the call itself; a name is taken once per VPC, whatever its tags', async () => {
  const { ec2 } = region();
  const made = await ec2.createSecurityGroup(group, options);

  expect(await ec2.securityGroups('vpc-1', { tag: 'one', value: '1' }, options)).toEqual([made]);
  expect(await refusalOf(ec2.createSecurityGroup(group, options))).toBe('Conflict InvalidGroup.Duplicate');
  await expect(ec2.createSecurityGroup({ ...group, vpcId: 'vpc-2' }, options)).resolves.toMatchObject({ vpcId: 'vpc-2' });
});

it.each([
  [{ vpcId: 'vpc-none' }, 'InvalidSetting InvalidVpcID.NotFound'],
  [{ name: 'sg-mine' }, 'InvalidSetting InvalidParameterValue'],
  [{ name: 'ünique' }, 'InvalidSetting InvalidParameterValue'],
  [{ description: '' }, 'InvalidSetting InvalidParameterValue'],
  [{ tags: { 'aws:mine': '1' } }, 'InvalidSetting InvalidParameterValue'],
])('refuses a group with %j', async (change, refusal) => {
  expect(await refusalOf(region().ec2.createSecurityGroup({ ...group, ...change }, options))).toBe(refusal);
});

it('refuses a group more than the VPC may have', async () => {
  const { ec2 } = region({ quotas: { securityGroupsPerVpc: 2 } });

  expect(await refusalOf(ec2.createSecurityGroup(group, options))).toBe('QuotaExceeded SecurityGroupLimitExceeded');
});

it('rewrites a network to its canonical form', async () => {
  const { ec2 } = region();
  await ec2.authorizeIngress('sg-front', [rule('1.2.3.4/19'), rule('2001:DB8::1/32')], {}, options);

  expect((await rulesOf(ec2, 'sg-front')).map(({ source }) => source)).toEqual([{ cidr: '1.2.0.0/19' }, { cidr: '2001:db8::/32' }]);
});

it('makes no rule where one of them is there already, whatever its description', async () => {
  const { ec2 } = region();
  const made = await ec2.authorizeIngress('sg-front', [rule('10.0.0.0/8')], { rule: 'first' }, options);
  expect(made).toEqual(await rulesOf(ec2, 'sg-front'));
  const again = [rule('192.0.2.0/24'), rule('10.0.0.0/8', { description: 'again' })];

  expect(await refusalOf(ec2.authorizeIngress('sg-front', again, {}, options))).toBe('Conflict InvalidPermission.Duplicate');
  expect(await rulesOf(ec2, 'sg-front')).toEqual(made);
});

it.each<[string, Partial<Ec2Rule>, string]>([
  ['protocol tls', { protocol: 'tls' as 'tcp' }, 'InvalidSetting InvalidParameterValue'],
  ['a range upside down', { fromPort: 81 }, 'InvalidSetting InvalidParameterValue'],
  ['a port above 65535', { toPort: 70_000 }, 'InvalidSetting InvalidParameterValue'],
  ['an ICMP type above 255', { protocol: 'icmp', fromPort: 256, toPort: 0 }, 'InvalidSetting InvalidParameterValue'],
  ['no network', { source: { cidr: '10.0.0.0' } }, 'InvalidSetting InvalidParameterValue'],
  ['a prefix list that is not there', { source: { prefixList: 'pl-none' } }, 'InvalidSetting InvalidPrefixListID.NotFound'],
  ['a group that is not there', { source: { group: 'sg-none' } }, 'NotFound InvalidGroup.NotFound'],
  ['a group of another VPC', { source: { group: 'sg-other' } }, 'NotFound InvalidGroup.NotFound'],
  ['a description that Amazon cannot print', { description: 'a"b' }, 'InvalidSetting InvalidParameterValue'],
])('refuses a rule with %s, and with it the whole call', async (_, change, refusal) => {
  const { ec2 } = region();

  expect(await refusalOf(ec2.authorizeIngress('sg-front', [rule('192.0.2.0/24'), rule('10.0.0.0/8', change)], {}, options))).toBe(refusal);
  expect(await rulesOf(ec2, 'sg-front')).toEqual([]);
});

it('holds 60 rules a group, for IPv4 and IPv6 apart; a prefix list counts for all it may hold', async () => {
  const { ec2 } = region();
  const networks = (count: number) => Array.from({ length: count }, (_, index) => rule(`10.0.${index}.0/24`));
  await ec2.authorizeIngress('sg-front', networks(60), {}, options);
  await ec2.authorizeIngress('sg-front', [rule('2001:db8::/64')], {}, options);

  const full = 'QuotaExceeded RulesPerSecurityGroupLimitExceeded';
  expect(await refusalOf(ec2.authorizeIngress('sg-front', [rule('192.0.2.0/24')], {}, options))).toBe(full);
  expect(await refusalOf(ec2.authorizeIngress('sg-front', [rule('', { source: { group: 'sg-node' } })], {}, options))).toBe(full);
  await ec2.authorizeIngress('sg-node', networks(40), {}, options);
  await ec2.authorizeIngress('sg-node', [rule('', { source: { prefixList: 'pl-1' } })], {}, options);
  expect(await refusalOf(ec2.authorizeIngress('sg-node', networks(41).slice(40), {}, options))).toBe(full);
});

it('revokes by id, whatever the description; with one that is gone, none goes', async () => {
  const { ec2 } = region();
  await ec2.authorizeIngress('sg-front', [rule('10.0.0.0/8'), rule('', { source: { group: 'sg-node' } })], {}, options);
  const [network, pair] = await rulesOf(ec2, 'sg-front');
  const withGone = ec2.revokeIngress('sg-front', [pair?.id ?? '', 'sgr-none'], options);
  expect(await refusalOf(withGone)).toBe('NotFound InvalidSecurityGroupRuleId.NotFound');
  await ec2.revokeIngress('sg-front', [pair?.id ?? ''], options);

  expect(await rulesOf(ec2, 'sg-front')).toEqual([network]);
  expect(await refusalOf(ec2.revokeIngress('sg-none', ['sgr-none'], options))).toBe('NotFound InvalidGroup.NotFound');
  expect(await refusalOf(ec2.authorizeIngress('sg-none', [], {}, options))).toBe('NotFound InvalidGroup.NotFound');
});

it('keeps a group that an instance or a rule of another group has; one of its own rules does not hold it', async () => {
  const { ec2 } = region();
  const made = await ec2.createSecurityGroup(group, options);
  const fromIt = rule('', { source: { group: made.id } });
  await ec2.authorizeIngress(made.id, [fromIt], {}, options);
  await ec2.authorizeIngress('sg-node', [fromIt], {}, options);

  expect(await refusalOf(ec2.deleteSecurityGroup('sg-node', options))).toBe('ResourceInUse DependencyViolation');
  expect(await refusalOf(ec2.deleteSecurityGroup(made.id, options))).toBe('ResourceInUse DependencyViolation');
  const [held] = await rulesOf(ec2, 'sg-node');
  await ec2.revokeIngress('sg-node', [held?.id ?? ''], options);
  await ec2.deleteSecurityGroup(made.id, options);
  await ec2.deleteSecurityGroup(made.id, options);
  expect(await ec2.securityGroups('vpc-1', { ids: [made.id] }, options)).toEqual([]);
});

it('tags all or nothing, 50 a thing at most', async () => {
  const { ec2 } = region();
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${index}`, 'x']));
  await ec2.addTags(['sg-front', 'subnet-a'], many(50), options);

  expect(await refusalOf(ec2.addTags(['sg-front'], { more: '' }, options))).toBe('QuotaExceeded TagLimitExceeded');
  expect(await refusalOf(ec2.addTags(['subnet-b', 'sg-none'], { one: '1' }, options))).toBe('NotFound InvalidID');
  expect(await refusalOf(ec2.removeTags(['sg-none'], ['one'], options))).toBe('NotFound InvalidID');
  const long = { 'key-1': 'x'.repeat(257) };
  expect(await refusalOf(ec2.addTags(['subnet-b'], long, options))).toBe('InvalidSetting InvalidParameterValue');
  await ec2.removeTags(['subnet-a'], [...Object.keys(many(49)), 'never'], options);
  const tags = (await ec2.subnets('vpc-1', options)).map((subnet) => subnet.tags);
  expect(tags).toEqual([{ 'key-49': 'x' }, {}, {}, {}]);
});

it('counts calls by action, and refuses what the credential may not do', async () => {
  const { ec2, door } = region();
  await ec2.createSecurityGroup(group, options);
  door.denied.add('ec2:DeleteSecurityGroup');

  expect(await refusalOf(ec2.deleteSecurityGroup('sg-front', options))).toBe('PermissionDenied AccessDenied');
  expect(Object.fromEntries(door.calls)).toEqual({ 'ec2:CreateSecurityGroup': 1, 'ec2:DeleteSecurityGroup': 1 });
});

it('takes what was asked when it was asked, and answers what nobody can change', async () => {
  const { ec2 } = region();
  const asked = { ...group, tags: { one: '1' } };
  const call = ec2.createSecurityGroup(asked, options);
  asked.tags.one = '2';
  const made = await call;

  expect(made.tags).toEqual({ one: '1' });
  expect(Object.isFrozen(made) && Object.isFrozen(made.tags) && Object.isFrozen(made.ingress)).toBe(true);
});

it('takes effect after the time a call takes; aborted before that, it has done nothing', async () => {
  const clock = new ManualClock();
  const state = new AmazonState(clock, smallRegion, { times: { call: 20 } });
  const ec2 = new SimulatedEc2(new Door(state));
  const abort = new AbortController();
  const cut = ec2.createSecurityGroup(group, { signal: abort.signal });
  abort.abort(new Error('enough'));
  await expect(cut).rejects.toThrow('enough');
  await clock.advanceAsync(20);
  const made = ec2.createSecurityGroup(group, options);
  expect(state.securityGroups.size).toBe(3);
  await clock.advanceAsync(20);

  await expect(made).resolves.toMatchObject({ name: group.name });
  await expect(ec2.deleteSecurityGroup('sg-front', { signal: abort.signal })).rejects.toThrow('enough');
});
