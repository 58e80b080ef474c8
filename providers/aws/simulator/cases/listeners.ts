import type { ConformanceCase } from '../../../../src/conformance/case.ts';
import type { JsonObject } from '../../../../src/model/json.ts';
import { annotate, cloud, create, edit, gone, refused, remember, rest, served, settled, stillServed } from './telling.ts';

const dns = (protocol: 'TCP' | 'UDP', nodePort = 30_053): JsonObject => ({ name: protocol.toLowerCase(), port: 53, protocol, nodePort });
const web = (name: string, port: number): JsonObject => ({ name, port, protocol: 'TCP' });
const certificate = 'arn:aws:acm:eu-central-1:123456789012:certificate/1';

/** Ports as Amazon has them: one listener a number. */
export const cases: readonly ConformanceCase[] = [
  {
    id: 'aws-listeners/merged',
    title: 'TCP and UDP on one number and one node port are one listener; when one of them goes, the other is served on',
    steps: [
      create('dns', {}, { ports: [dns('TCP'), dns('UDP')] }),
      rest,
      served(['J6', 'pain-14'], 'dns'),
      cloud(['J6', 'pain-14'], 'dns', '/listeners/53/protocol', 'TCP_UDP'),
      cloud(['J6'], 'dns', '/targetGroups', 1),
      cloud(['H3'], 'dns', '/rules', ['tcp 53 0.0.0.0/0', 'udp 53 0.0.0.0/0']),
      {
        rows: ['F9'],
        check: 'ingress',
        service: 'dns',
        ports: [
          { port: 53, protocol: 'TCP' },
          { port: 53, protocol: 'UDP' },
        ],
      },
      remember('served'),
      edit('dns', { ports: [dns('TCP')] }),
      rest,
      cloud(['J6', 'A7'], 'dns', '/listeners/53/protocol', 'TCP'),
      cloud(['J6'], 'dns', '/targetGroups', 1),
      cloud(['H3'], 'dns', '/rules', ['tcp 53 0.0.0.0/0']),
      ...stillServed(['J6', 'A7'], 'served', 'dns'),
    ],
  },
  {
    id: 'aws-listeners/merged-later',
    title: 'UDP that joins TCP on the same node port makes one listener of the two, on the same load balancer',
    steps: [
      create('dns', {}, { ports: [dns('TCP')] }),
      rest,
      remember('served'),
      edit('dns', { ports: [dns('TCP'), dns('UDP')] }),
      rest,
      cloud(['J6', 'A7'], 'dns', '/listeners/53/protocol', 'TCP_UDP'),
      ...stillServed(['J6', 'A7'], 'served', 'dns'),
    ],
  },
  {
    id: 'aws-listeners/two-node-ports',
    title: 'TCP and UDP on one number with two node ports are refused, both named: a target group has one port a target',
    steps: [
      create('dns', {}, { ports: [dns('TCP', 30_053), dns('UDP', 30_054)] }),
      rest,
      ...refused(['J6', 'J7', 'pain-14'], 'dns', 'UnsupportedFeature', ['30053', '30054']),
    ],
  },
  {
    id: 'aws-listeners/tls-of-some-ports',
    title: 'Only the named ports get TLS, by name and by number; a port that there is not is refused',
    steps: [
      create(
        'web',
        { 'ssl-cert': certificate, 'ssl-ports': 'https,8443' },
        { ports: [web('http', 80), web('https', 443), web('admin', 8443)] },
      ),
      rest,
      served(['design-8']),
      cloud(['design-8'], 'web', '/listeners/80/protocol', 'TCP'),
      cloud(['design-8'], 'web', '/listeners/443/protocol', 'TLS'),
      cloud(['design-8'], 'web', '/listeners/8443/protocol', 'TLS'),
      remember('served'),
      annotate('web', { 'ssl-ports': 'https,nonsense' }),
      rest,
      { rows: ['idea-7'], check: 'condition', service: 'web', type: 'Accepted', status: 'False', mentions: ['nonsense'] },
      { rows: ['idea-8'], check: 'owned', service: 'web', same: 'served' },
      annotate('web', { 'ssl-ports': '*' }),
      rest,
      cloud(['design-8'], 'web', '/listeners/80/protocol', 'TLS'),
      ...stillServed(['design-8'], 'served'),
    ],
  },
  {
    id: 'aws-listeners/unknown-certificate',
    title: 'A certificate that does not exist is told, and what is served is served on',
    steps: [
      create('web'),
      rest,
      remember('served'),
      annotate('web', { 'ssl-cert': 'arn:aws:acm:eu-central-1:123456789012:certificate/9' }),
      rest,
      { rows: ['idea-4', 'pain-3'], check: 'condition', service: 'web', type: 'Programmed', status: 'False', mentions: ['certificate'] },
      { rows: ['idea-6'], check: 'ingress', service: 'web', same: 'served' },
      cloud(['idea-8'], 'web', '/listeners/80/protocol', 'TCP'),
      annotate('web', { 'ssl-cert': null }),
      rest,
      ...stillServed(['idea-4'], 'served'),
    ],
  },
  {
    id: 'aws-listeners/node-port',
    title: 'Another node port is followed inside of the target group',
    steps: [
      create('web', {}, { ports: [{ port: 80, nodePort: 30_080 }] }),
      rest,
      cloud(['K1'], 'web', '/listeners/80/targetGroup/targets', ['i-00000000000000001:30080', 'i-00000000000000002:30080']),
      remember('served'),
      edit('web', { ports: [{ port: 80, nodePort: 30_081 }] }),
      rest,
      cloud(['F12', 'A7'], 'web', '/listeners/80/targetGroup/targets', ['i-00000000000000001:30081', 'i-00000000000000002:30081']),
      { rows: ['F12', 'idea-6'], check: 'owned', service: 'web', same: 'served' },
      ...stillServed(['F12'], 'served'),
    ],
  },
  {
    id: 'aws-listeners/affinity',
    title: 'Client affinity is stickiness by source address, and goes again',
    steps: [
      create('web'),
      rest,
      remember('served'),
      edit('web', { sessionAffinity: 'ClientIP' }),
      rest,
      cloud(['H7'], 'web', '/listeners/80/targetGroup/attributes/stickiness.enabled', 'true'),
      cloud(['H7'], 'web', '/listeners/80/targetGroup/attributes/stickiness.type', 'source_ip'),
      edit('web', { sessionAffinity: 'None' }),
      rest,
      cloud(['H7', 'S6'], 'web', '/listeners/80/targetGroup/attributes/stickiness.enabled', 'false'),
      ...stillServed(['H7'], 'served'),
    ],
  },
  {
    id: 'aws-listeners/affinity-beside-tls',
    title: 'Client affinity beside TLS, which Amazon does not have together, is refused',
    steps: [
      create('web', { 'ssl-cert': certificate }, { sessionAffinity: 'ClientIP' }),
      rest,
      ...refused(['H7', 'P12'], 'web', 'UnsupportedFeature', ['spec.sessionAffinity']),
    ],
  },
  {
    id: 'aws-listeners/traffic-policy',
    title: 'Local asks the health check node port, Cluster the node port, and the check follows the policy',
    steps: [
      create('web', {}, { externalTrafficPolicy: 'Local', healthCheckNodePort: 32_222 }),
      rest,
      cloud(['I3', 'P6'], 'web', '/listeners/80/targetGroup/healthCheck/port', '32222'),
      cloud(['I3', 'P6'], 'web', '/listeners/80/targetGroup/healthCheck/path', '/healthz'),
      remember('served'),
      edit('web', { externalTrafficPolicy: 'Cluster' }),
      rest,
      cloud(['I6', 'P8'], 'web', '/listeners/80/targetGroup/healthCheck/port', 'traffic-port'),
      gone(['P8'], 'web', '/listeners/80/targetGroup/healthCheck/path'),
      ...stillServed(['P8'], 'served'),
    ],
  },
  {
    id: 'aws-listeners/udp',
    title: 'UDP alone is asked for at kube-proxy: Amazon cannot probe by UDP',
    steps: [
      create('dns', {}, { ports: [dns('UDP')] }),
      rest,
      served(['J6', 'pain-8'], 'dns'),
      cloud(['pain-8', 'I5'], 'dns', '/listeners/53/targetGroup/healthCheck/port', '10256'),
      cloud(['pain-8'], 'dns', '/listeners/53/targetGroup/healthCheck/protocol', 'HTTP'),
      settled(['pain-8'], 'dns'),
    ],
  },
];
