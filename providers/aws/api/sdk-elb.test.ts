import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { cannedAmazon, type CannedAmazon, type Sent } from './canned-amazon.ts';
import type { ElbApi, ElbHealthCheck } from './elb.ts';

let amazon: CannedAmazon;
let elb: ElbApi;
beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  amazon = await cannedAmazon();
  ({ elb } = amazon);
});
afterEach(() => {
  amazon.answers();
  (amazon.sent as Sent[]).length = 0; // each test sees its own
  (amazon.actions as string[]).length = 0; // as above
});
afterAll(() => {
  amazon.close();
  vi.unstubAllEnvs();
});

const options = { signal: new AbortController().signal };
const balancer = (arn: string, more = '') => `<member>
  <LoadBalancerArn>${arn}</LoadBalancerArn><LoadBalancerName>web</LoadBalancerName><Type>network</Type><Scheme>internal</Scheme>
  <DNSName>web-1.elb.eu-west-1.amazonaws.com</DNSName><VpcId>vpc-1</VpcId><State><Code>provisioning</Code></State>
  <IpAddressType>ipv4</IpAddressType><CreatedTime>2026-01-01T00:00:00.000Z</CreatedTime>
  <SecurityGroups><member>sg-2</member><member>sg-1</member></SecurityGroups>
  <AvailabilityZones>
    <member><ZoneName>eu-west-1b</ZoneName><SubnetId>subnet-b</SubnetId></member>
    <member><ZoneName>eu-west-1a</ZoneName><SubnetId>subnet-a</SubnetId>
      <LoadBalancerAddresses><member><AllocationId>eipalloc-1</AllocationId><IpAddress>198.51.100.1</IpAddress></member></LoadBalancerAddresses>
    </member>
  </AvailabilityZones>${more}
</member>`;
const shownBalancer = (arn: string) => ({
  arn,
  name: 'web',
  type: 'network',
  scheme: 'internal',
  dnsName: 'web-1.elb.eu-west-1.amazonaws.com',
  vpcId: 'vpc-1',
  state: 'provisioning',
  ipAddressType: 'ipv4',
  securityGroups: ['sg-1', 'sg-2'],
  zones: [
    { zone: 'eu-west-1a', subnetId: 'subnet-a', ipv4: '198.51.100.1', allocationId: 'eipalloc-1' },
    { zone: 'eu-west-1b', subnetId: 'subnet-b' },
  ],
  createdAt: Date.UTC(2026, 0, 1),
});
const balancers = (...members: readonly string[]) => `<LoadBalancers>${members.join('')}</LoadBalancers>`;

const group = (arn: string, check: string) => `<member>
  <TargetGroupArn>${arn}</TargetGroupArn><TargetGroupName>web-80</TargetGroupName><TargetType>instance</TargetType><Protocol>TCP</Protocol>
  <Port>30080</Port><VpcId>vpc-1</VpcId><IpAddressType>ipv4</IpAddressType>${check}
  <HealthCheckIntervalSeconds>10</HealthCheckIntervalSeconds><HealthCheckTimeoutSeconds>6</HealthCheckTimeoutSeconds>
  <HealthyThresholdCount>2</HealthyThresholdCount><UnhealthyThresholdCount>3</UnhealthyThresholdCount>
  <LoadBalancerArns><member>lb</member></LoadBalancerArns>
</member>`;
const byHttp =
  '<HealthCheckProtocol>HTTP</HealthCheckProtocol><HealthCheckPort>10256</HealthCheckPort><HealthCheckPath>/healthz</HealthCheckPath><Matcher><HttpCode>200-399</HttpCode></Matcher>';
const byTcp =
  '<HealthCheckProtocol>TCP</HealthCheckProtocol><HealthCheckPort>traffic-port</HealthCheckPort><HealthCheckPath>/old</HealthCheckPath><Matcher><HttpCode>200</HttpCode></Matcher>';
const figures = { intervalSeconds: 10, timeoutSeconds: 6, healthyThreshold: 2, unhealthyThreshold: 3 };
const httpCheck: ElbHealthCheck = { protocol: 'HTTP', port: '10256', path: '/healthz', matcher: '200-399', ...figures };
const tcpCheck: ElbHealthCheck = { protocol: 'TCP', port: 'traffic-port', ...figures };

describe('load balancers', () => {
  it('are read page by page, each page asked for by itself', async () => {
    const beforeNext = vi.fn(() => Promise.resolve());
    amazon.answers(`${balancers(balancer('lb/1'))}<NextMarker>two</NextMarker>`, balancers(balancer('lb/2')));

    expect(await elb.loadBalancers({ ...options, beforeNext })).toEqual([shownBalancer('lb/1'), shownBalancer('lb/2')]);
    expect(amazon.sent).toEqual([{ PageSize: '400' }, { PageSize: '400', Marker: 'two' }]);
    expect(beforeNext).toHaveBeenCalledOnce();
  });

  it('a mark that comes twice is no end', async () => {
    amazon.answers(`${balancers()}<NextMarker>one</NextMarker>`, `${balancers()}<NextMarker>one</NextMarker>`);

    await expect(elb.loadBalancers(options)).rejects.toMatchObject({ code: 'BadAnswer', verdict: 'retry' });
  });

  it('of other kinds lack much and take their name', async () => {
    const gateway =
      '<member><LoadBalancerArn>gw</LoadBalancerArn><LoadBalancerName>gw</LoadBalancerName><Type>gateway</Type><VpcId>vpc-2</VpcId><CreatedTime>2026-01-01T00:00:00Z</CreatedTime></member>';
    amazon.answers(balancers(gateway));

    expect(await elb.loadBalancers(options)).toMatchObject([{ arn: 'gw', name: 'gw', type: 'gateway', vpcId: 'vpc-2', zones: [] }]);
  });

  it.each([
    ['no list', ''],
    ['a state nobody knows', balancers(balancer('lb').replace('provisioning', 'asleep'))],
    ['no name in DNS', balancers(balancer('lb').replace(/<DNSName>.*<\/DNSName>/, ''))],
    ['no scheme', balancers(balancer('lb').replace(/<Scheme>.*<\/Scheme>/, ''))],
  ])('with %s are a bad answer, not none', async (_what, answer) => {
    amazon.answers(answer);

    await expect(elb.loadBalancers(options)).rejects.toMatchObject({ code: 'BadAnswer' });
  });

  it('asked for by name of which one is not there: the others are told', async () => {
    const notThere = [400, 'LoadBalancerNotFound'] as const;
    const beforeNext = vi.fn(() => Promise.resolve());
    amazon.answers(notThere, balancers(balancer('lb/1'), balancer('lb/2')), notThere);

    const found = await elb.loadBalancersByArn(['lb/1', 'lb/2', 'lb/3'], { ...options, beforeNext });

    expect(found.map(({ arn }) => arn)).toEqual(['lb/1', 'lb/2']);
    expect(amazon.sent.map((fields) => Object.values(fields))).toEqual([['lb/1', 'lb/2', 'lb/3'], ['lb/1', 'lb/2'], ['lb/3']]);
    expect(beforeNext).toHaveBeenCalledTimes(2);
    expect(await elb.loadBalancersByArn([], options)).toEqual([]);
  });

  it('are made with all they are asked to be', async () => {
    amazon.answers(balancers(balancer('lb/1')));
    const subnets = [
      { subnetId: 'subnet-a', allocationId: 'eipalloc-1' },
      { subnetId: 'subnet-b', privateIpv4: '10.0.0.9' },
    ];
    const asked = {
      name: 'web',
      scheme: 'internal',
      ipAddressType: 'ipv4',
      subnets,
      securityGroups: ['sg-1'],
      tags: { one: '1' },
    } as const;

    expect(await elb.createLoadBalancer(asked, options)).toEqual(shownBalancer('lb/1'));
    expect(amazon.sent).toEqual([
      {
        Name: 'web',
        Type: 'network',
        Scheme: 'internal',
        IpAddressType: 'ipv4',
        'SubnetMappings.member.1.SubnetId': 'subnet-a',
        'SubnetMappings.member.1.AllocationId': 'eipalloc-1',
        'SubnetMappings.member.2.SubnetId': 'subnet-b',
        'SubnetMappings.member.2.PrivateIPv4Address': '10.0.0.9',
        'SecurityGroups.member.1': 'sg-1',
        'Tags.member.1.Key': 'one',
        'Tags.member.1.Value': '1',
      },
    ]);
  });

  it.each([
    ['nothing', balancers()],
    ['two', balancers(balancer('a'), balancer('b'))],
    ['no list', ''],
  ])('a create that answers %s is in doubt', async (_what, answer) => {
    amazon.answers(answer);
    const asked = { name: 'web', scheme: 'internal', ipAddressType: 'ipv4', subnets: [], securityGroups: [], tags: {} } as const;

    await expect(elb.createLoadBalancer(asked, options)).rejects.toMatchObject({ code: 'BadAnswer', verdict: 'in-doubt' });
  });
});

describe('target groups', () => {
  it('show their health check; one by TCP has neither path nor codes', async () => {
    amazon.answers(`<TargetGroups>${group('tg/1', byHttp)}${group('tg/2', byTcp)}</TargetGroups>`);

    const shown = { name: 'web-80', protocol: 'TCP', port: 30_080, vpcId: 'vpc-1', targetType: 'instance', ipAddressType: 'ipv4' };
    expect(await elb.targetGroups(options)).toEqual([
      { ...shown, arn: 'tg/1', healthCheck: httpCheck, loadBalancers: ['lb'] },
      { ...shown, arn: 'tg/2', healthCheck: tcpCheck, loadBalancers: ['lb'] },
    ]);
  });

  it('of functions have no port; of ours without a port is a bad answer', async () => {
    const lambda =
      '<member><TargetGroupArn>fn</TargetGroupArn><TargetGroupName>fn</TargetGroupName><TargetType>lambda</TargetType></member>';
    amazon.answers(
      `<TargetGroups>${lambda}</TargetGroups>`,
      `<TargetGroups>${group('tg', byTcp).replace(/<Port>.*<\/Port>/, '')}</TargetGroups>`,
    );

    expect(await elb.targetGroups(options)).toMatchObject([{ arn: 'fn', name: 'fn', targetType: 'lambda', vpcId: '', port: 0 }]);
    await expect(elb.targetGroups(options)).rejects.toMatchObject({ code: 'BadAnswer' });
  });

  it('are made with their health check', async () => {
    amazon.answers(`<TargetGroups>${group('tg/1', byHttp)}</TargetGroups>`);
    const asked = { name: 'web-80', protocol: 'TCP', port: 30_080, vpcId: 'vpc-1', ipAddressType: 'ipv4', tags: { one: '1' } } as const;

    expect(await elb.createTargetGroup({ ...asked, healthCheck: httpCheck }, options)).toMatchObject({ arn: 'tg/1' });
    expect(amazon.sent[0]).toMatchObject({
      TargetType: 'instance',
      Port: '30080',
      HealthCheckProtocol: 'HTTP',
      HealthCheckPort: '10256',
      HealthCheckPath: '/healthz',
      'Matcher.HttpCode': '200-399',
      HealthCheckIntervalSeconds: '10',
      HealthCheckTimeoutSeconds: '6',
      HealthyThresholdCount: '2',
      UnhealthyThresholdCount: '3',
    });
  });

  it('tell the health of their targets', async () => {
    const target = (id: string, state: string, reason: string) =>
      `<member><Target><Id>${id}</Id><Port>30080</Port></Target><TargetHealth><State>${state}</State>${reason}</TargetHealth></member>`;
    amazon.answers(
      `<TargetHealthDescriptions>${target('i-1', 'healthy', '')}${target('i-2', 'unhealthy.draining', '<Reason>Target.Timeout</Reason>')}</TargetHealthDescriptions>`,
      [400, 'TargetGroupNotFound'],
    );

    expect(await elb.targetHealth('tg', options)).toEqual([
      { instanceId: 'i-1', port: 30_080, state: 'healthy' },
      { instanceId: 'i-2', port: 30_080, state: 'unhealthy', reason: 'Target.Timeout' },
    ]);
    await expect(elb.targetHealth('tg', options)).rejects.toMatchObject({ code: 'NotFound' });
  });

  it('let go of the others where one target is refused', async () => {
    const targets = ['i-1', 'i-2'].map((instanceId) => ({ instanceId, port: 80 }));
    amazon.answers([400, 'InvalidTarget'], [400, 'InvalidTarget'], '');

    await elb.deregisterTargets('tg', targets, options);

    expect(amazon.sent.map((fields) => [fields['Targets.member.1.Id'], fields['Targets.member.2.Id']])).toEqual([
      ['i-1', 'i-2'],
      ['i-1', undefined],
      ['i-2', undefined],
    ]);
    amazon.answers([400, 'InvalidTarget']);
    await expect(elb.registerTargets('tg', targets, options)).rejects.toMatchObject({
      code: 'MemberNotUsable',
      text: 'RegisterTargets: the instance i-1 or i-2 does not run, is not known in this VPC, or is of a family that Amazon does not take',
    });
  });
});

describe('listeners', () => {
  const listener = (protocol: string, forward: string) => `<member>
    <ListenerArn>li</ListenerArn><Port>443</Port><Protocol>${protocol}</Protocol><SslPolicy>ELBSecurityPolicy-TLS13-1-2-2021-06</SslPolicy>
    <Certificates><member><CertificateArn>cert/1</CertificateArn></member></Certificates><AlpnPolicy><member>HTTP2Only</member></AlpnPolicy>
    <DefaultActions><member><Type>forward</Type>${forward}</member></DefaultActions></member>`;
  const list = (...members: readonly string[]) => `<Listeners>${members.join('')}</Listeners>`;
  const to = (...groups: readonly string[]) =>
    `<ForwardConfig><TargetGroups>${groups.map((arn) => `<member><TargetGroupArn>${arn}</TargetGroupArn></member>`).join('')}</TargetGroups></ForwardConfig>`;
  const tls = { certificate: 'cert/1', sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06', alpnPolicy: 'HTTP2Only' };

  it('show what only TLS has where they speak it, and the one group they forward to', async () => {
    amazon.answers(
      list(
        listener('TLS', to('tg')),
        listener('TCP', '<TargetGroupArn>tg</TargetGroupArn>'),
        listener('UDP', to('a', 'b')),
        listener('TCP', ''),
      ),
    );

    const [arn, port] = ['li', 443];
    expect(await elb.listeners('lb', options)).toEqual([
      { arn, port, protocol: 'TLS', targetGroups: ['tg'], ...tls },
      { arn, port, protocol: 'TCP', targetGroups: ['tg'] },
      { arn, port, protocol: 'UDP', targetGroups: [] },
      { arn, port, protocol: 'TCP', targetGroups: [] },
    ]);
  });

  it('of a load balancer that is not there are none', async () => {
    amazon.answers([400, 'LoadBalancerNotFound'], [403, 'AccessDenied']);

    expect(await elb.listeners('lb', options)).toEqual([]);
    await expect(elb.listeners('lb', options)).rejects.toMatchObject({ code: 'PermissionDenied' });
  });

  it('are made; without tags none are sent', async () => {
    amazon.answers(list(listener('TLS', to('tg'))));

    const made = await elb.createListener({ loadBalancer: 'lb', port: 443, protocol: 'TLS', targetGroup: 'tg', ...tls, tags: {} }, options);

    expect(made).toMatchObject({ arn: 'li' });
    expect(amazon.sent).toEqual([
      {
        LoadBalancerArn: 'lb',
        Port: '443',
        Protocol: 'TLS',
        'DefaultActions.member.1.Type': 'forward',
        'DefaultActions.member.1.TargetGroupArn': 'tg',
        'Certificates.member.1.CertificateArn': 'cert/1',
        SslPolicy: tls.sslPolicy,
        'AlpnPolicy.member.1': 'HTTP2Only',
      },
    ]);
  });

  it('tell their further certificates without the default one', async () => {
    const certificate = (arn: string, isDefault: boolean) =>
      `<member><CertificateArn>${arn}</CertificateArn><IsDefault>${String(isDefault)}</IsDefault></member>`;
    amazon.answers(`<Certificates>${certificate('cert/1', true)}${certificate('cert/2', false)}</Certificates>`);

    expect(await elb.extraCertificates('li', options)).toEqual(['cert/2']);
  });
});

it('tags of what is there are told, also where something is not', async () => {
  const described = (arn: string, tags: string) =>
    `<TagDescriptions><member><ResourceArn>${arn}</ResourceArn><Tags>${tags}</Tags></member></TagDescriptions>`;
  amazon.answers(
    [400, 'TargetGroupNotFound'],
    described('lb', '<member><Key>a</Key><Value>1</Value></member><member><Key>b</Key><Value></Value></member>'),
    [400, 'TargetGroupNotFound'],
  );

  expect(await elb.tags(['lb', 'tg'], options)).toEqual(new Map([['lb', { a: '1', b: '' }]]));
});

it('attributes of whatever has them', async () => {
  const attributes = '<Attributes><member><Key>a</Key><Value>true</Value></member><member><Key>b</Key><Value/></member></Attributes>';
  amazon.answers(attributes, attributes, attributes);

  for (const read of ['loadBalancerAttributes', 'targetGroupAttributes', 'listenerAttributes'] as const) {
    expect(await elb[read]('thing', options)).toEqual({ a: 'true', b: '' });
  }
  expect(amazon.sent).toEqual([{ LoadBalancerArn: 'thing' }, { TargetGroupArn: 'thing' }, { ListenerArn: 'thing' }]);
});

const changes: readonly (readonly [string, (api: ElbApi) => Promise<void>, Sent])[] = [
  [
    'SetSecurityGroups',
    (api) => api.setSecurityGroups('lb', ['sg-1'], options),
    { LoadBalancerArn: 'lb', 'SecurityGroups.member.1': 'sg-1' },
  ],
  ['SetIpAddressType', (api) => api.setIpAddressType('lb', 'ipv4', options), { LoadBalancerArn: 'lb', IpAddressType: 'ipv4' }],
  [
    'ModifyLoadBalancerAttributes',
    (api) => api.setLoadBalancerAttributes('lb', { a: '1' }, options),
    { LoadBalancerArn: 'lb', 'Attributes.member.1.Key': 'a', 'Attributes.member.1.Value': '1' },
  ],
  [
    'ModifyTargetGroup',
    (api) => api.setHealthCheck('tg', tcpCheck, options),
    {
      TargetGroupArn: 'tg',
      HealthCheckProtocol: 'TCP',
      HealthCheckPort: 'traffic-port',
      HealthCheckIntervalSeconds: '10',
      HealthCheckTimeoutSeconds: '6',
      HealthyThresholdCount: '2',
      UnhealthyThresholdCount: '3',
    },
  ],
  [
    'ModifyTargetGroupAttributes',
    (api) => api.setTargetGroupAttributes('tg', { a: '1' }, options),
    { TargetGroupArn: 'tg', 'Attributes.member.1.Key': 'a', 'Attributes.member.1.Value': '1' },
  ],
  [
    'RegisterTargets',
    (api) => api.registerTargets('tg', [{ instanceId: 'i-1', port: 30_080 }], options),
    { TargetGroupArn: 'tg', 'Targets.member.1.Id': 'i-1', 'Targets.member.1.Port': '30080' },
  ],
  [
    'ModifyListener',
    (api) => api.setListener('li', { targetGroup: 'tg' }, options),
    { ListenerArn: 'li', 'DefaultActions.member.1.Type': 'forward', 'DefaultActions.member.1.TargetGroupArn': 'tg' },
  ],
  [
    'AddListenerCertificates',
    (api) => api.addCertificates('li', ['cert/2'], options),
    { ListenerArn: 'li', 'Certificates.member.1.CertificateArn': 'cert/2' },
  ],
  [
    'RemoveListenerCertificates',
    (api) => api.removeCertificates('li', ['cert/2'], options),
    { ListenerArn: 'li', 'Certificates.member.1.CertificateArn': 'cert/2' },
  ],
  [
    'ModifyListenerAttributes',
    (api) => api.setListenerAttributes('li', { a: '1' }, options),
    { ListenerArn: 'li', 'Attributes.member.1.Key': 'a', 'Attributes.member.1.Value': '1' },
  ],
  [
    'AddTags',
    (api) => api.addTags(['lb'], { a: '1' }, options),
    { 'ResourceArns.member.1': 'lb', 'Tags.member.1.Key': 'a', 'Tags.member.1.Value': '1' },
  ],
  ['RemoveTags', (api) => api.removeTags(['lb'], ['a'], options), { 'ResourceArns.member.1': 'lb', 'TagKeys.member.1': 'a' }],
  ['DeleteLoadBalancer', (api) => api.deleteLoadBalancer('lb', options), { LoadBalancerArn: 'lb' }],
  ['DeleteTargetGroup', (api) => api.deleteTargetGroup('tg', options), { TargetGroupArn: 'tg' }],
  ['DeleteListener', (api) => api.deleteListener('li', options), { ListenerArn: 'li' }],
];

it('SetSubnets is sent once, and answers the zones', async () => {
  const zones = '<AvailabilityZones><member><ZoneName>eu-west-1a</ZoneName><SubnetId>subnet-a</SubnetId></member></AvailabilityZones>';
  amazon.answers(zones, [503, 'ServiceUnavailable'], '');
  const set = () => elb.setSubnets('lb', [{ subnetId: 'subnet-a' }], 'dualstack', options);
  expect(await set()).toEqual([{ zone: 'eu-west-1a', subnetId: 'subnet-a' }]);
  expect(amazon.sent).toEqual([{ LoadBalancerArn: 'lb', 'SubnetMappings.member.1.SubnetId': 'subnet-a', IpAddressType: 'dualstack' }]);

  await expect(set()).rejects.toMatchObject({ code: 'OutcomeUnknown', verdict: 'in-doubt' });
  await expect(set()).rejects.toMatchObject({ code: 'BadAnswer' });
  expect(amazon.actions).toHaveLength(3);
});

it.each(changes)('%s is sent once, with what it is given', async (action, change, fields) => {
  await change(elb);
  expect([amazon.actions, amazon.sent]).toEqual([[action], [fields]]);

  amazon.answers([503, 'ServiceUnavailable']);
  await expect(change(elb)).rejects.toMatchObject({ code: 'OutcomeUnknown', verdict: 'in-doubt' });
  expect(amazon.actions).toHaveLength(2);
});

it.each([
  ['deleteLoadBalancer', 'LoadBalancerNotFound'],
  ['deleteTargetGroup', 'TargetGroupNotFound'],
  ['deleteListener', 'ListenerNotFound'],
] as const)('%s of what is gone is success, and nothing else is', async (method, gone) => {
  amazon.answers([400, gone], [400, 'ResourceInUse']);

  await elb[method]('arn', options);
  await expect(elb[method]('arn', options)).rejects.toMatchObject({ code: 'ResourceInUse' });
});

it('a read is repeated, twice at most', async () => {
  const broken = [500, 'InternalFailure'] as const;
  amazon.answers(broken, balancers());
  expect(await elb.loadBalancers(options)).toEqual([]);
  expect(amazon.actions).toHaveLength(2);

  amazon.answers(broken, broken, broken, balancers());
  await expect(elb.loadBalancers(options)).rejects.toMatchObject({ code: 'CloudUnavailable' });
  expect(amazon.actions).toHaveLength(5);
  await elb.loadBalancers(options);
});
