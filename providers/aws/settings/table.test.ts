import { describe, expect, it } from 'vitest';
import { checkTable } from '../../../src/settings/check-table.ts';
import { parseRows } from '../../../src/settings/parse.ts';
import { peers } from '../../../src/settings/peer-keys.ts';
import { readSettings } from '../../../src/settings/read.ts';
import { connection } from './connection-rows.ts';
import { settings } from './table.ts';

const prefix = 'service.beta.kubernetes.io/aws-load-balancer-';
const read = (said: Readonly<Record<string, string>>, ofClass: Readonly<Record<string, unknown>> = {}) =>
  readSettings(
    settings,
    Object.fromEntries(Object.entries(said).map(([key, value]) => [key.includes('/') ? key : prefix + key, value])),
    ofClass,
  );

describe('annotations', () => {
  it('can all be read', () => {
    checkTable('aws', settings);
  });

  it('say nothing where nothing is said', () => {
    expect(read({})).toEqual({
      settings: {
        subnets: [],
        eipAllocations: [],
        privateIpv4Addresses: [],
        resourceTags: {},
        sslCert: [],
        sslNegotiationPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
        backendProtocol: 'tcp',
        proxyProtocol: 'off',
        targetGroupAttributes: {},
        targetGroupAttributesByPort: {},
        listenerAttributesByPort: {},
        tcpUdpListener: true,
        healthCheckOfKubeProxy: false,
        securityGroups: [],
        extraSecurityGroups: [],
        securityGroupPrefixLists: [],
        pathMtuDiscovery: 'off',
        attributes: {},
      },
      complete: true,
      scheme: { value: 'public' },
      explicit: [],
      refusals: [],
      notices: [],
    });
  });

  it.each([
    ['name', 'web', { name: 'web' }],
    ['type', 'external', { kind: 'external' }],
    ['nlb-target-type', 'instance', { targetType: 'instance' }],
    ['ip-address-type', 'dualstack', { ipAddressType: 'dualstack' }],
    ['subnets', ' subnet-1, front ', { subnets: ['subnet-1', 'front'] }],
    ['eip-allocations', 'eipalloc-1,eipalloc-2', { eipAllocations: ['eipalloc-1', 'eipalloc-2'] }],
    ['private-ipv4-addresses', '10.0.0.9, 10.0.1.9', { privateIpv4Addresses: ['10.0.0.9', '10.0.1.9'] }],
    ['additional-resource-tags', 'team=web,stage=a=b,', { resourceTags: { team: 'web', stage: 'a=b' } }],
    ['ssl-cert', 'arn:a,arn:b', { sslCert: ['arn:a', 'arn:b'] }],
    ['ssl-ports', 'https,8443', { sslPorts: ['https', '8443'] }],
    ['ssl-negotiation-policy', 'P', { sslNegotiationPolicy: 'P' }],
    ['backend-protocol', 'ssl', { backendProtocol: 'ssl' }],
    ['alpn-policy', 'HTTP2Preferred', { alpnPolicy: 'HTTP2Preferred' }],
    ['proxy-protocol', '*', { proxyProtocol: '*' }],
    ['portolan.dev/proxy-protocol', 'v2', { proxyProtocol: 'v2' }],
    ['proxy-protocol-per-target-group', '80,443', { proxyProtocolPerTargetGroup: ['80', '443'] }],
    ['target-group-attributes', 'a.b=c', { targetGroupAttributes: { 'a.b': 'c' } }],
    ['target-group-attributes.80', 'a.b=c', { targetGroupAttributesByPort: { 80: { 'a.b': 'c' } } }],
    ['listener-attributes.TCP-80', 'a.b=c', { listenerAttributesByPort: { 'TCP-80': { 'a.b': 'c' } } }],
    ['connection-draining-timeout', '60', { drainingTimeout: 60 }],
    ['enable-tcp-udp-listener', 'false', { tcpUdpListener: false }],
    ['healthcheck-protocol', 'HTTPS', { healthCheckProtocol: 'HTTPS' }],
    ['healthcheck-port', 'traffic-port', { healthCheckPort: 'traffic-port' }],
    ['healthcheck-path', '/up', { healthCheckPath: '/up' }],
    ['healthcheck-interval', '30', { healthCheckInterval: 30 }],
    ['healthcheck-timeout', '5', { healthCheckTimeout: 5 }],
    ['healthcheck-healthy-threshold', '2', { healthCheckHealthyThreshold: 2 }],
    ['healthcheck-unhealthy-threshold', '4', { healthCheckUnhealthyThreshold: 4 }],
    ['healthcheck-success-codes', '200', { healthCheckSuccessCodes: '200' }],
    ['security-groups', 'sg-1,front', { securityGroups: ['sg-1', 'front'] }],
    ['extra-security-groups', 'sg-2', { extraSecurityGroups: ['sg-2'] }],
    ['manage-backend-security-group-rules', 'T', { manageBackendRules: true }],
    ['security-group-prefix-lists', 'pl-1', { securityGroupPrefixLists: ['pl-1'] }],
    ['enable-icmp-for-path-mtu-discovery', 'on', { pathMtuDiscovery: 'on' }],
    ['attributes', 'a.b=c', { attributes: { 'a.b': 'c' } }],
    ['cross-zone-load-balancing-enabled', 'true', { crossZone: true }],
    ['access-log-enabled', 'true', { accessLogs: true }],
    ['access-log-s3-bucket-name', 'logs', { accessLogsBucket: 'logs' }],
    ['access-log-s3-bucket-prefix', 'web', { accessLogsPrefix: 'web' }],
  ])('%s: %s', (key, value, expected) => {
    const { settings: parsed, refusals, notices, explicit } = read({ [key]: value });

    expect({ refusals, notices, explicit }).toEqual({ refusals: [], notices: [], explicit: Object.keys(expected) });
    expect(parsed).toMatchObject(expected);
  });

  it.each([
    ['type', 'clb'],
    ['nlb-target-type', 'pod'],
    ['backend-protocol', 'tls'],
    ['ip-address-type', 'ipv6'],
    ['alpn-policy', 'HTTP3'],
    ['proxy-protocol', 'v1'],
    ['additional-resource-tags', 'team'],
    ['target-group-attributes', '=x'],
    ['healthcheck-interval', '4'],
    ['healthcheck-timeout', '10s'],
    ['connection-draining-timeout', '3601'],
    ['cross-zone-load-balancing-enabled', 'FalSe'],
    ['scheme', 'public'],
  ])('%s: %s is refused, the annotation named', (key, value) => {
    expect(read({ [key]: value }).refusals.map(({ field }) => field)).toEqual([prefix + key]);
  });

  it.each([
    ['ipv6-addresses', 'IPv6'],
    ['enable-prefix-for-ipv6-source-nat', 'UDP over IPv6'],
    ['source-nat-ipv6-prefixes', 'UDP over IPv6'],
    ['minimum-load-balancer-capacity', 'capacity'],
    ['multi-cluster-target-group', 'one load balancer'],
    ['quic-enabled-ports', 'QUIC'],
    ['disable-nlb-sg', 'security group'],
    ['inbound-sg-rules-on-private-link-traffic', 'PrivateLink'],
    ['service.beta.kubernetes.io/actions.TCP-80', 'weights'],
  ])('%s cannot be had, and why is said', (key, why) => {
    expect(read({ [key]: 'x' }).refusals).toMatchObject([
      { reason: 'UnsupportedFeature', field: key.includes('/') ? key : prefix + key, text: expect.stringContaining(why) },
    ]);
  });

  it('of load balancers of another kind have no effect, and that is said', () => {
    const idle = ['connection-idle-timeout', 'connection-draining-enabled', 'access-log-emit-interval'];
    for (const key of idle) {
      expect(read({ [key]: '60' })).toMatchObject({ refusals: [], notices: [{ reason: 'SettingWithoutEffect', field: prefix + key }] });
    }
  });

  it('that the peers read are all heeded, but for those of load balancers of another kind', () => {
    const known = peers.flatMap(({ prefixes, keys }) => (prefixes[0] === prefix ? keys : []));
    const idle = known.filter((key) => read({ [key]: '' }).notices.length > 0);

    expect(known.length).toBeGreaterThan(40);
    expect(idle).toEqual(['access-log-emit-interval', 'connection-draining-enabled', 'connection-idle-timeout']);
  });
});

describe('the scheme', () => {
  it.each([
    [{ internal: 'true' }, 'internal'],
    [{ internal: '0.0.0.0/0' }, 'internal'],
    [{ internal: 'false' }, 'public'],
    [{ internal: '' }, 'public'],
    [{ scheme: 'internet-facing' }, 'public'],
    [{ scheme: 'internal' }, 'internal'],
    [{ scheme: 'internet-facing', internal: 'no' }, 'public'],
  ] as const)('%j is %s, as the Service says', (said, value) => {
    expect(read(said, { scheme: value === 'public' ? 'internal' : 'public' })).toMatchObject({
      scheme: { value, from: expect.stringContaining(prefix) },
      explicit: ['scheme'],
      refusals: [],
      notices: [],
    });
  });

  it('of two annotations that disagree is refused, both named', () => {
    const { refusals } = read({ scheme: 'internet-facing', internal: 'true' });
    expect(refusals).toMatchObject([{ reason: 'ConflictingSettings', text: expect.stringContaining(`${prefix}scheme`) }]);
    expect(refusals[0]?.text).toContain(`${prefix}internal`);
  });

  it('may be the class, in either word', () => {
    expect(read({}, { scheme: 'internal' }).scheme).toEqual({ value: 'internal', classSetting: 'scheme' });
    expect(read({}, { elbScheme: 'internal' }).scheme).toEqual({ value: 'internal', classSetting: 'elbScheme' });
  });
});

it('source ranges are those of every provider', () => {
  expect(read({ 'service.beta.kubernetes.io/load-balancer-source-ranges': '10.0.0.0/8' }).sourceRanges?.value).toEqual(['10.0.0.0/8']);
});

describe('a connection', () => {
  it('needs its region and no more', () => {
    expect(parseRows(connection, {}, '').problems).toMatchObject([{ text: expect.stringContaining('region is missing') }]);
    expect(parseRows(connection, { region: 'eu-central-1' }, '')).toEqual({
      values: { region: 'eu-central-1', nodePortRange: '30000-32767', nodeSecurityGroups: [] },
      problems: [],
    });
  });

  it('may know of raised quotas', () => {
    const { values, problems } = parseRows(connection, { region: 'eu-central-1', quotas: { rulesPerSecurityGroup: 200 } }, '');
    expect([values['quotas'], problems]).toEqual([{ rulesPerSecurityGroup: 200 }, []]);
    expect(parseRows(connection, { region: 'eu-central-1', quotas: { rules: 200 } }, '').problems).toMatchObject([
      { field: 'quotas.rules' },
    ]);
  });
});
