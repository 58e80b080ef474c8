import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { cannedAmazon, type CannedAmazon, type Sent } from './canned-amazon.ts';
import type { Ec2Api, Ec2Rule } from './ec2.ts';
import { zoneKindOf } from './parse-network.ts';

let amazon: CannedAmazon;
let ec2: Ec2Api;
beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  amazon = await cannedAmazon();
  ({ ec2 } = amazon);
});
afterEach(() => {
  (amazon.sent as Sent[]).length = 0; // each test sees its own
  (amazon.actions as string[]).length = 0; // as above
});
afterAll(() => {
  amazon.close();
  vi.unstubAllEnvs();
});

const options = { signal: new AbortController().signal };
const tagSet = '<tagSet><item><key>Name</key><value>a</value></item><item><key>empty</key><value/></item></tagSet>';
const tags = { Name: 'a', empty: '' };

describe('subnets', () => {
  const subnet = (more = '') => `<item><subnetId>subnet-a</subnetId><vpcId>vpc-1</vpcId><availabilityZone>eu-west-1a</availabilityZone>
    <cidrBlock>10.0.0.0/24</cidrBlock><availableIpAddressCount>250</availableIpAddressCount>${more}${tagSet}</item>`;
  const shown = {
    id: 'subnet-a',
    vpcId: 'vpc-1',
    zone: 'eu-west-1a',
    zoneKind: 'availability-zone',
    cidr: '10.0.0.0/24',
    ipv6Cidrs: [],
    freeAddresses: 250,
    tags,
  };

  it('are read page by page, by their VPC', async () => {
    const beforeNext = vi.fn(() => Promise.resolve());
    amazon.answers(`<subnetSet>${subnet()}</subnetSet><nextToken>two</nextToken>`, '<subnetSet/>');

    expect(await ec2.subnets('vpc-1', { ...options, beforeNext })).toEqual([shown]);
    expect(amazon.sent).toMatchObject([{ 'Filter.1.Name': 'vpc-id', 'Filter.1.Value.1': 'vpc-1' }, { NextToken: 'two' }]);
    expect(beforeNext).toHaveBeenCalledOnce();
  });

  it('count IPv6 networks that are associated, and say where they are on an outpost', async () => {
    const network = (cidr: string, state: string) =>
      `<item><ipv6CidrBlock>${cidr}</ipv6CidrBlock><ipv6CidrBlockState><state>${state}</state></ipv6CidrBlockState></item>`;
    const networks = `<ipv6CidrBlockAssociationSet>${network('2001:db8::/64', 'associated')}${network('2001:db8:1::/64', 'disassociated')}</ipv6CidrBlockAssociationSet>`;
    amazon.answers(`<subnetSet>${subnet(`${networks}<outpostArn>op</outpostArn>`)}</subnetSet>`);

    expect(await ec2.subnets('vpc-1', options)).toEqual([{ ...shown, ipv6Cidrs: ['2001:db8::/64'], zoneKind: 'outpost' }]);
  });

  it('without a network are a bad answer', async () => {
    amazon.answers(`<subnetSet>${subnet().replace(/<cidrBlock>.*<\/cidrBlock>/, '')}</subnetSet>`);

    await expect(ec2.subnets('vpc-1', options)).rejects.toMatchObject({
      code: 'BadAnswer',
      text: 'DescribeSubnets answered with what Amazon does not document: Subnets.0.CidrBlock',
    });
  });

  it.each([
    ['eu-west-1a', 'availability-zone'],
    ['us-gov-east-1b', 'availability-zone'],
    ['us-west-2-lax-1a', 'local-zone'],
    ['us-east-1-wl1-bos-wlz-1', 'wavelength-zone'],
  ])('in %s are in a zone of kind %s', (zone, kind) => expect(zoneKindOf(zone)).toBe(kind));
});

it('route tables tell whose they are and whether they reach the internet', async () => {
  const table = (id: string, association: string, route: string) =>
    `<item><routeTableId>${id}</routeTableId><associationSet><item>${association}</item></associationSet><routeSet><item>${route}</item></routeSet></item>`;
  amazon.answers(
    `<routeTableSet>${table('rtb-1', '<main>true</main>', '<gatewayId>igw-1</gatewayId><state>active</state>')}${table('rtb-2', '<main>false</main><subnetId>subnet-a</subnetId>', '<gatewayId>local</gatewayId>')}${table('rtb-3', '<main>false</main>', '<gatewayId>igw-1</gatewayId><state>blackhole</state>')}</routeTableSet>`,
  );

  expect(await ec2.routeTables('vpc-1', options)).toEqual([
    { id: 'rtb-1', isMain: true, subnetIds: [], reachesInternet: true },
    { id: 'rtb-2', isMain: false, subnetIds: ['subnet-a'], reachesInternet: false },
    { id: 'rtb-3', isMain: false, subnetIds: [], reachesInternet: false },
  ]);
});

describe('security groups', () => {
  const group = (id: string, rules = '') =>
    `<item><groupId>${id}</groupId><groupName>n-${id}</groupName><vpcId>vpc-1</vpcId><ipPermissions>${rules}</ipPermissions>${tagSet}</item>`;
  const rule = (id: string, of: string, more: string) =>
    `<item><securityGroupRuleId>${id}</securityGroupRuleId><groupId>${of}</groupId><isEgress>false</isEgress><ipProtocol>tcp</ipProtocol><fromPort>80</fromPort><toPort>81</toPort>${more}</item>`;
  const any = '<item><ipProtocol>tcp</ipProtocol></item>';
  const ports = { protocol: 'tcp', fromPort: 80, toPort: 81, description: '' };

  it('are read with their rules, which EC2 tells apart with their ids', async () => {
    const beforeNext = vi.fn(() => Promise.resolve());
    const all = [
      rule('sgr-1', 'sg-1', '<cidrIpv4>10.0.0.0/8</cidrIpv4><description>d</description>'),
      rule('sgr-2', 'sg-1', '<cidrIpv6>::/0</cidrIpv6>'),
      rule('sgr-3', 'sg-1', '<prefixListId>pl-1</prefixListId>'),
      rule('sgr-4', 'sg-1', '<referencedGroupInfo><groupId>sg-9</groupId></referencedGroupInfo>'),
      rule('sgr-5', 'sg-1', '<cidrIpv4>0.0.0.0/0</cidrIpv4>').replace('<isEgress>false', '<isEgress>true'),
      rule('sgr-6', 'sg-1', '<cidrIpv4>0.0.0.0/0</cidrIpv4>').replace('>tcp<', '>-1<'),
    ];
    amazon.answers(
      `<securityGroupInfo>${group('sg-1', any)}${group('sg-2')}</securityGroupInfo>`,
      `<securityGroupRuleSet>${all.join('')}</securityGroupRuleSet>`,
    );

    expect(await ec2.securityGroups('vpc-1', { ids: ['sg-1', 'sg-2', 'sg-3'] }, { ...options, beforeNext })).toEqual([
      {
        id: 'sg-1',
        name: 'n-sg-1',
        vpcId: 'vpc-1',
        ingress: [
          { id: 'sgr-1', ...ports, source: { cidr: '10.0.0.0/8' }, description: 'd' },
          { id: 'sgr-2', ...ports, source: { cidr: '::/0' } },
          { id: 'sgr-3', ...ports, source: { prefixList: 'pl-1' } },
          { id: 'sgr-4', ...ports, source: { group: 'sg-9' } },
        ],
        tags,
      },
      { id: 'sg-2', name: 'n-sg-2', vpcId: 'vpc-1', ingress: [], tags },
    ]);
    expect(amazon.actions).toEqual(['DescribeSecurityGroups', 'DescribeSecurityGroupRules']);
    expect(amazon.sent[1]).toMatchObject({ 'Filter.1.Name': 'group-id', 'Filter.1.Value.1': 'sg-1' });
    expect(beforeNext).toHaveBeenCalledOnce();
  });

  it('a rule without a source is a bad answer', async () => {
    amazon.answers(
      `<securityGroupInfo>${group('sg-1', any)}</securityGroupInfo>`,
      `<securityGroupRuleSet>${rule('sgr-1', 'sg-1', '')}</securityGroupRuleSet>`,
    );

    await expect(ec2.securityGroups('vpc-1', { tag: 'Name' }, options)).rejects.toMatchObject({ code: 'BadAnswer' });
  });

  it.each([
    [{ tag: 'Name' }, 'tag-key', 'Name', 1],
    [{ tag: 'Name', value: 'a' }, 'tag:Name', 'a', 1],
    [{ tag: 'Name', value: '*' }, 'tag:Name', '*', 0],
    [{ nameTags: ['a'] }, 'tag:Name', 'a', 1],
    [{ nameTags: ['?'] }, 'tag:Name', '?', 0],
    [{ named: 'n-sg-1' }, 'group-name', 'n-sg-1', 1],
    [{ named: 'n-*' }, 'group-name', 'n-*', 0],
    [{ lettingIn: 'sg-9' }, 'ip-permission.group-id', 'sg-9', 1],
  ] as const)('are found by %j, never by a wildcard', async (filter, name, value, found) => {
    amazon.answers(`<securityGroupInfo>${group('sg-1')}</securityGroupInfo>`);

    expect(await ec2.securityGroups('vpc-1', filter, options)).toHaveLength(found);
    expect(amazon.sent[0]).toMatchObject({ 'Filter.1.Name': 'vpc-id', 'Filter.2.Name': name, 'Filter.2.Value.1': value });
  });

  it('are made with their marks', async () => {
    amazon.answers('<groupId>sg-1</groupId>', '');
    const asked = { name: 'front', description: 'd', vpcId: 'vpc-1', tags: { one: '1' } };

    expect(await ec2.createSecurityGroup(asked, options)).toEqual({
      id: 'sg-1',
      name: 'front',
      vpcId: 'vpc-1',
      ingress: [],
      tags: { one: '1' },
    });
    expect(amazon.sent).toEqual([
      {
        GroupName: 'front',
        GroupDescription: 'd',
        VpcId: 'vpc-1',
        'TagSpecification.1.ResourceType': 'security-group',
        'TagSpecification.1.Tag.1.Key': 'one',
        'TagSpecification.1.Tag.1.Value': '1',
      },
    ]);
    await expect(ec2.createSecurityGroup(asked, options)).rejects.toMatchObject({ code: 'BadAnswer', verdict: 'in-doubt' });
  });

  it('that are gone are deleted; those in use are not', async () => {
    amazon.answers('', [400, 'InvalidGroup.NotFound'], [400, 'DependencyViolation']);

    await ec2.deleteSecurityGroup('sg-1', options);
    await ec2.deleteSecurityGroup('sg-1', options);
    await expect(ec2.deleteSecurityGroup('sg-1', options)).rejects.toMatchObject({ code: 'ResourceInUse' });
  });
});

describe('rules', () => {
  const rule = (source: Ec2Rule['source']): Ec2Rule => ({ protocol: 'tcp', fromPort: 80, toPort: 80, source, description: 'd' });
  const shown = (id: string, source: string) =>
    `<item><securityGroupRuleId>${id}</securityGroupRuleId><groupId>sg-1</groupId><isEgress>false</isEgress><ipProtocol>tcp</ipProtocol><fromPort>80</fromPort><toPort>80</toPort>${source}</item>`;

  it('of each kind of source are let in with their marks', async () => {
    const sources = [{ cidr: '10.0.0.0/8' }, { cidr: '::/0' }, { prefixList: 'pl-1' }, { group: 'sg-9' }];
    const made = [
      shown('sgr-4', '<referencedGroupInfo><groupId>sg-9</groupId></referencedGroupInfo>'),
      shown('sgr-3', '<prefixListId>pl-1</prefixListId>'),
      shown('sgr-2', '<cidrIpv6>::/0</cidrIpv6>'),
      shown('sgr-1', '<cidrIpv4>10.0.0.0/8</cidrIpv4>'),
    ];
    amazon.answers(`<securityGroupRuleSet>${made.join('')}</securityGroupRuleSet>`);

    expect(await ec2.authorizeIngress('sg-1', sources.map(rule), { one: '1' }, options)).toEqual(
      sources.map((source, index) => ({ ...rule(source), id: `sgr-${index + 1}` })),
    );
    expect(amazon.sent).toMatchObject([
      {
        GroupId: 'sg-1',
        'IpPermissions.1.IpRanges.1.CidrIp': '10.0.0.0/8',
        'IpPermissions.1.IpRanges.1.Description': 'd',
        'IpPermissions.2.Ipv6Ranges.1.CidrIpv6': '::/0',
        'IpPermissions.3.PrefixListIds.1.PrefixListId': 'pl-1',
        'IpPermissions.4.Groups.1.GroupId': 'sg-9',
        'TagSpecification.1.ResourceType': 'security-group-rule',
      },
    ]);
  });

  it('of which the answer lacks one are in doubt', async () => {
    amazon.answers('<securityGroupRuleSet/>');

    await expect(ec2.authorizeIngress('sg-1', [rule({ cidr: '10.0.0.0/8' })], {}, options)).rejects.toMatchObject({
      code: 'BadAnswer',
      verdict: 'in-doubt',
    });
  });

  it('that are there already are a conflict', async () => {
    amazon.answers([400, 'InvalidPermission.Duplicate']);

    await expect(ec2.authorizeIngress('sg-1', [rule({ cidr: '10.0.0.0/8' })], {}, options)).rejects.toMatchObject({ code: 'Conflict' });
  });

  it('are taken away by their ids; one that is gone is told', async () => {
    amazon.answers('', [400, 'InvalidSecurityGroupRuleId.NotFound']);

    await ec2.revokeIngress('sg-1', ['sgr-1', 'sgr-2'], options);
    expect(amazon.sent).toEqual([{ GroupId: 'sg-1', 'SecurityGroupRuleId.1': 'sgr-1', 'SecurityGroupRuleId.2': 'sgr-2' }]);
    await expect(ec2.revokeIngress('sg-1', ['sgr-1'], options)).rejects.toMatchObject({ code: 'NotFound' });
  });
});

it('addresses are found by themselves and by their allocation, each once', async () => {
  const beforeNext = vi.fn(() => Promise.resolve());
  const address = (id: string, more: string) =>
    `<item><allocationId>${id}</allocationId><publicIp>198.51.100.1</publicIp>${more}${tagSet}</item>`;
  const bound = '<associationId>as-1</associationId><networkInterfaceId>eni-1</networkInterfaceId>';
  amazon.answers(
    `<addressesSet>${address('eipalloc-1', '<associationId/>')}</addressesSet>`,
    `<addressesSet>${address('eipalloc-1', '')}${address('eipalloc-2', bound)}</addressesSet>`,
  );

  expect(await ec2.addresses(['198.51.100.1'], ['eipalloc-1', 'eipalloc-2'], { ...options, beforeNext })).toEqual([
    { allocationId: 'eipalloc-1', publicIp: '198.51.100.1', tags },
    { allocationId: 'eipalloc-2', publicIp: '198.51.100.1', associationId: 'as-1', networkInterfaceId: 'eni-1', tags },
  ]);
  expect(beforeNext).toHaveBeenCalledOnce();
});

it('instances are asked for 200 at once and show the groups of their first interface first', async () => {
  const instance = (id: string, state: string, more: string) =>
    `<item><instanceId>${id}</instanceId><instanceState><name>${state}</name></instanceState>${more}</item>`;
  const groups = (id: string) => `<groupSet><item><groupId>${id}</groupId></item></groupSet>`;
  const card = (index: number, id: string) => `<item><attachment><deviceIndex>${index}</deviceIndex></attachment>${groups(id)}</item>`;
  const running = instance(
    'i-0',
    'running',
    `<vpcId>vpc-1</vpcId>${groups('sg-2')}<networkInterfaceSet>${card(1, 'sg-1')}${card(0, 'sg-2')}</networkInterfaceSet>`,
  );
  const reservations = (...of: readonly string[]) =>
    `<reservationSet><item><instancesSet>${of.join('')}</instancesSet></item></reservationSet>`;
  amazon.answers(reservations(running), reservations(instance('i-200', 'terminated', '')), reservations(instance('i-1', 'running', '')));

  expect(
    await ec2.instances(
      Array.from({ length: 201 }, (_, index) => `i-${index}`),
      options,
    ),
  ).toEqual([
    { id: 'i-0', state: 'running', vpcId: 'vpc-1', securityGroups: ['sg-2', 'sg-1'] },
    { id: 'i-200', state: 'terminated', vpcId: '', securityGroups: [] },
  ]);
  expect(amazon.sent.map((fields) => fields['Filter.1.Value.1'])).toEqual(['i-0', 'i-200']);
  await expect(ec2.instances(['i-1'], options)).rejects.toMatchObject({ code: 'BadAnswer' });
});

it('tags come and go', async () => {
  await ec2.addTags(['sg-1'], { a: '1' }, options);
  await ec2.removeTags(['sg-1'], ['a'], options);

  expect(amazon.sent).toEqual([
    { 'ResourceId.1': 'sg-1', 'Tag.1.Key': 'a', 'Tag.1.Value': '1' },
    { 'ResourceId.1': 'sg-1', 'Tag.1.Key': 'a' },
  ]);
});
