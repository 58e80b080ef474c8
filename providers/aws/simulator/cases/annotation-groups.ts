import type { ConformanceCase } from '../../../../src/conformance/case.ts';
import { groupCase, type Group } from './telling.ts';

const listener = '/listeners/80';
const group = `${listener}/targetGroup`;
const groupAttribute = (key: string): string => `${group}/attributes/${key}`;
const attribute = (key: string): string => `/loadBalancer/attributes/${key}`;
const probe = (field: string): string => `${group}/healthCheck/${field}`;
const certificate = (number: number): string => `arn:aws:acm:eu-central-1:123456789012:certificate/${number}`;

const ofLoadBalancers: readonly Group[] = [
  {
    id: 'attributes',
    of: 'attributes of the load balancer',
    set: { attributes: 'load_balancing.cross_zone.enabled=true,dns_record.client_routing_policy=availability_zone_affinity' },
    shows: [
      [attribute('load_balancing.cross_zone.enabled'), 'true'],
      [attribute('dns_record.client_routing_policy'), 'availability_zone_affinity'],
    ],
    edited: { attributes: 'dns_record.client_routing_policy=partial_availability_zone_affinity' },
    showsEdited: [
      [attribute('load_balancing.cross_zone.enabled'), 'false'],
      [attribute('dns_record.client_routing_policy'), 'partial_availability_zone_affinity'],
    ],
    without: [
      [attribute('load_balancing.cross_zone.enabled'), 'false'],
      [attribute('dns_record.client_routing_policy'), 'any_availability_zone'],
    ],
  },
  {
    id: 'cross-zone',
    of: 'balancing over zones, by its older name',
    set: { 'cross-zone-load-balancing-enabled': 'true' },
    shows: [[attribute('load_balancing.cross_zone.enabled'), 'true']],
    edited: { 'cross-zone-load-balancing-enabled': 'false' },
    showsEdited: [[attribute('load_balancing.cross_zone.enabled'), 'false']],
    without: [[attribute('load_balancing.cross_zone.enabled'), 'false']],
  },
  {
    id: 'access-logs',
    of: 'access logs',
    set: { 'access-log-enabled': 'true', 'access-log-s3-bucket-name': 'logs', 'access-log-s3-bucket-prefix': 'web' },
    shows: [
      [attribute('access_logs.s3.enabled'), 'true'],
      [attribute('access_logs.s3.bucket'), 'logs'],
      [attribute('access_logs.s3.prefix'), 'web'],
    ],
    edited: { 'access-log-s3-bucket-prefix': 'other' },
    showsEdited: [[attribute('access_logs.s3.prefix'), 'other']],
    without: [[attribute('access_logs.s3.enabled'), 'false']],
  },
  {
    id: 'tags',
    of: 'tags',
    set: { 'additional-resource-tags': 'team=net,stage=test' },
    shows: [
      ['/loadBalancer/tags/team', 'net'],
      [`${group}/tags/stage`, 'test'],
    ],
    edited: { 'additional-resource-tags': 'team=web' },
    showsEdited: [['/loadBalancer/tags/team', 'web']],
    without: [['/targetGroups', 1]],
  },
];

const ofListeners: readonly Group[] = [
  {
    id: 'idle-timeout',
    of: 'the idle time of a port',
    set: { 'listener-attributes.TCP-80': 'tcp.idle_timeout.seconds=600' },
    shows: [[`${listener}/attributes/tcp.idle_timeout.seconds`, '600']],
    edited: { 'listener-attributes.TCP-80': 'tcp.idle_timeout.seconds=60' },
    showsEdited: [[`${listener}/attributes/tcp.idle_timeout.seconds`, '60']],
    without: [[`${listener}/attributes/tcp.idle_timeout.seconds`, '350']],
  },
  {
    id: 'tls',
    of: 'TLS',
    set: { 'ssl-cert': certificate(1) },
    shows: [
      [`${listener}/protocol`, 'TLS'],
      [`${listener}/certificates`, [certificate(1)]],
      [`${group}/protocol`, 'TCP'],
    ],
    edited: { 'ssl-cert': `${certificate(2)},${certificate(3)}`, 'ssl-negotiation-policy': 'ELBSecurityPolicy-TLS13-1-2-2021-06' },
    showsEdited: [[`${listener}/certificates`, [certificate(2), certificate(3)]]],
    without: [[`${listener}/protocol`, 'TCP']],
  },
  {
    id: 'alpn',
    of: 'ALPN',
    with: { 'ssl-cert': certificate(1) },
    set: { 'alpn-policy': 'HTTP2Preferred' },
    shows: [[`${listener}/alpnPolicy`, 'HTTP2Preferred']],
    edited: { 'alpn-policy': 'HTTP1Only' },
    showsEdited: [[`${listener}/alpnPolicy`, 'HTTP1Only']],
    without: [[`${listener}/protocol`, 'TLS']],
  },
  {
    id: 'further-certificates',
    of: 'further certificates',
    with: { 'ssl-cert': certificate(1) },
    set: { 'ssl-cert': [1, 2, 3].map(certificate).join(',') },
    shows: [[`${listener}/certificates`, [1, 2, 3].map(certificate)]],
    edited: { 'ssl-cert': [1, 3].map(certificate).join(',') },
    showsEdited: [[`${listener}/certificates`, [1, 3].map(certificate)]],
    without: [[`${listener}/certificates`, [certificate(1)]]],
  },
];

const ofTargetGroups: readonly Group[] = [
  {
    id: 'target-group-attributes',
    of: 'attributes of all target groups',
    set: { 'target-group-attributes': 'deregistration_delay.timeout_seconds=30,preserve_client_ip.enabled=false' },
    shows: [
      [groupAttribute('deregistration_delay.timeout_seconds'), '30'],
      [groupAttribute('preserve_client_ip.enabled'), 'false'],
    ],
    edited: { 'target-group-attributes': 'deregistration_delay.timeout_seconds=60' },
    showsEdited: [
      [groupAttribute('deregistration_delay.timeout_seconds'), '60'],
      [groupAttribute('preserve_client_ip.enabled'), 'true'],
    ],
    without: [
      [groupAttribute('deregistration_delay.timeout_seconds'), '300'],
      [groupAttribute('preserve_client_ip.enabled'), 'true'],
    ],
  },
  {
    id: 'target-group-attributes-by-port',
    of: 'attributes of the target group of one port, which win over those of all',
    spec: { ports: [80, 81].map((port) => ({ name: `p${port}`, port, protocol: 'TCP' })) },
    with: { 'target-group-attributes': 'deregistration_delay.timeout_seconds=30' },
    set: { 'target-group-attributes.80': 'deregistration_delay.timeout_seconds=90' },
    shows: [
      [groupAttribute('deregistration_delay.timeout_seconds'), '90'],
      ['/listeners/81/targetGroup/attributes/deregistration_delay.timeout_seconds', '30'],
    ],
    without: [[groupAttribute('deregistration_delay.timeout_seconds'), '30']],
  },
  {
    id: 'draining',
    of: 'the time of draining, by its older name',
    set: { 'connection-draining-timeout': '45' },
    shows: [[groupAttribute('deregistration_delay.timeout_seconds'), '45']],
    edited: { 'connection-draining-timeout': '90' },
    showsEdited: [[groupAttribute('deregistration_delay.timeout_seconds'), '90']],
    without: [[groupAttribute('deregistration_delay.timeout_seconds'), '300']],
  },
  {
    id: 'proxy-protocol',
    of: 'the PROXY protocol',
    set: { 'proxy-protocol': '*' },
    shows: [[groupAttribute('proxy_protocol_v2.enabled'), 'true']],
    without: [[groupAttribute('proxy_protocol_v2.enabled'), 'false']],
  },
  {
    id: 'proxy-protocol-of-one-port',
    of: 'the PROXY protocol of single ports',
    spec: { ports: [80, 81].map((port) => ({ name: `p${port}`, port, protocol: 'TCP' })) },
    set: { 'proxy-protocol-per-target-group': '80' },
    shows: [
      [groupAttribute('proxy_protocol_v2.enabled'), 'true'],
      ['/listeners/81/targetGroup/attributes/proxy_protocol_v2.enabled', 'false'],
    ],
    edited: { 'proxy-protocol-per-target-group': '81' },
    showsEdited: [
      [groupAttribute('proxy_protocol_v2.enabled'), 'false'],
      ['/listeners/81/targetGroup/attributes/proxy_protocol_v2.enabled', 'true'],
    ],
    without: [[groupAttribute('proxy_protocol_v2.enabled'), 'false']],
  },
  {
    id: 'health-check',
    of: 'the health check',
    set: {
      'healthcheck-protocol': 'http',
      'healthcheck-port': '8080',
      'healthcheck-path': '/ready',
      'healthcheck-success-codes': '200-299',
    },
    shows: [
      [probe('protocol'), 'HTTP'],
      [probe('port'), '8080'],
      [probe('path'), '/ready'],
      [probe('matcher'), '200-299'],
    ],
    edited: { 'healthcheck-path': '/well' },
    showsEdited: [[probe('path'), '/well']],
    without: [
      [probe('protocol'), 'TCP'],
      [probe('port'), 'traffic-port'],
    ],
  },
  {
    id: 'health-check-times',
    of: 'the times and thresholds of the health check',
    set: {
      'healthcheck-interval': '20',
      'healthcheck-timeout': '7',
      'healthcheck-healthy-threshold': '4',
      'healthcheck-unhealthy-threshold': '5',
    },
    shows: [
      [probe('intervalSeconds'), 20],
      [probe('timeoutSeconds'), 7],
      [probe('healthyThreshold'), 4],
      [probe('unhealthyThreshold'), 5],
    ],
    edited: { 'healthcheck-interval': '30' },
    showsEdited: [[probe('intervalSeconds'), 30]],
    without: [
      [probe('intervalSeconds'), 10],
      [probe('timeoutSeconds'), 10],
      [probe('healthyThreshold'), 3],
      [probe('unhealthyThreshold'), 3],
    ],
  },
  {
    id: 'health-check-of-local',
    of: 'the health check under Local',
    spec: { externalTrafficPolicy: 'Local', healthCheckNodePort: 32_111 },
    set: { 'healthcheck-protocol': 'TCP', 'healthcheck-port': 'traffic-port' },
    shows: [
      [probe('protocol'), 'TCP'],
      [probe('port'), 'traffic-port'],
    ],
    without: [
      [probe('protocol'), 'HTTP'],
      [probe('port'), '32111'],
      [probe('path'), '/healthz'],
    ],
  },
  {
    id: 'proxy-protocol-under-local',
    of: 'the PROXY protocol under Local, where kube-proxy would not understand the probes',
    spec: { externalTrafficPolicy: 'Local', healthCheckNodePort: 32_111 },
    set: { 'proxy-protocol': '*' },
    shows: [
      [groupAttribute('proxy_protocol_v2.enabled'), 'true'],
      [probe('protocol'), 'TCP'],
      [probe('port'), 'traffic-port'],
    ],
    without: [
      [probe('protocol'), 'HTTP'],
      [probe('port'), '32111'],
    ],
  },
];

/** Each group of annotations through its life (issue: removing an annotation returns the attribute to its default). */
export const cases: readonly ConformanceCase[] = [...ofLoadBalancers, ...ofListeners, ...ofTargetGroups].map(groupCase);
