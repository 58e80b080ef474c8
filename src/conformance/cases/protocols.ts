import type { ConformanceCase } from '../case.ts';
import { asked, create, edit, frozen, ports, refused, remember, rest, served } from '../story.ts';

const both = ports(['TCP', 53], ['UDP', 53]);
const tcp = { name: 'tcp', port: 53, protocol: 'TCP', nodePort: 30053 };
const udp = { name: 'udp', port: 53, protocol: 'UDP', nodePort: 30054 };

/** TCP, UDP, both on one port, and what is not had (contract J6 to J8). */
export const cases: readonly ConformanceCase[] = [
  {
    id: 'protocols/udp',
    title: 'A UDP port is a UDP listener, and clients get answers',
    needs: ['udp'],
    steps: [
      create('dns', { spec: ports(['UDP', 53]) }),
      rest(),
      served(['S2', 'pain-14'], 'dns'),
      asked(['pain-14', 'seed-35'], 'dns', '/listeners/0/id', 'UDP/53'),
      {
        rows: ['F9'],
        check: 'object',
        service: 'dns',
        at: '/status/loadBalancer/ingress/0/ports',
        equals: [{ port: 53, protocol: 'UDP' }],
      },
    ],
  },
  {
    id: 'protocols/udp-traffic',
    title: 'UDP clients get answers, and nothing answers TCP beside it',
    needs: ['udp'],
    hooks: ['data-path'],
    steps: [
      create('dns', { spec: ports(['UDP', 53]) }),
      rest(),
      { rows: ['S2', 'pain-14'], check: 'traffic', service: 'dns', port: 53, protocol: 'UDP', expect: 'answered' },
      { rows: ['seed-35', 'P9'], check: 'traffic', service: 'dns', port: 53, protocol: 'TCP', expect: 'not-answered' },
    ],
  },
  {
    id: 'protocols/same-number',
    title: 'TCP and UDP on one port number are two listeners, each with a node port of its own',
    needs: ['udp', 'mixedProtocols'],
    steps: [
      create('dns', {
        spec: { ports: [tcp, udp] },
      }),
      rest(),
      served(['J6', 'S36', 'P10'], 'dns'),
      asked(['J6', 'P10'], 'dns', '/listeners/0/nodePort', 30053),
      asked(['J6', 'P10'], 'dns', '/listeners/1/nodePort', 30054),
      { rows: ['J6', 'P10'], check: 'settled', service: 'dns', why: 'two listeners that overwrite each other are never done' },
      {
        rows: ['P10', 'F9'],
        check: 'object',
        service: 'dns',
        at: '/status/loadBalancer/ingress/0/ports',
        equals: [
          { port: 53, protocol: 'TCP' },
          { port: 53, protocol: 'UDP' },
        ],
      },
      remember('both'),
      edit('dns', { ports: [udp] }),
      rest(),
      { rows: ['P10', 'J6'], check: 'settled', service: 'dns' },
      asked(['P10'], 'dns', '/listeners/0/id', 'UDP/53'),
      { rows: ['F12'], check: 'ingress', service: 'dns', same: 'both' },
    ],
  },
  {
    id: 'protocols/same-number-traffic',
    title: 'Both answer, and when one goes the other answers on, alone',
    needs: ['udp', 'mixedProtocols'],
    hooks: ['data-path'],
    steps: [
      create('dns', { spec: { ports: [tcp, udp] } }),
      rest(),
      { rows: ['J6', 'P10', 'S36'], check: 'traffic', service: 'dns', port: 53, protocol: 'TCP', expect: 'answered' },
      { rows: ['J6', 'P10', 'S36'], check: 'traffic', service: 'dns', port: 53, protocol: 'UDP', expect: 'answered' },
      edit('dns', { ports: [tcp] }),
      create('inside', { spec: { type: 'NodePort', ports: [udp] } }),
      rest(),
      { rows: ['P10'], check: 'traffic', service: 'dns', port: 53, protocol: 'TCP', expect: 'answered' },
      {
        rows: ['P10'],
        check: 'traffic',
        service: 'dns',
        port: 53,
        protocol: 'UDP',
        expect: 'not-answered',
        why: 'a listener that stays would show the world whose node port it is next',
      },
    ],
  },
  {
    id: 'protocols/tcp-turned-udp',
    title: 'A port that changes its protocol is another listener on the same address',
    needs: ['udp'],
    asks: [create('dns', { spec: ports(['UDP', 53]) })],
    steps: [
      create('dns', { spec: ports(['TCP', 53]) }),
      rest(),
      remember('tcp'),
      edit('dns', ports(['UDP', 53])),
      rest(),
      served(['A7', 'P10'], 'dns'),
      asked(['A7', 'P10'], 'dns', '/listeners/0/id', 'UDP/53'),
      { rows: ['P10'], check: 'settled', service: 'dns' },
      { rows: ['F12'], check: 'ingress', service: 'dns', same: 'tcp' },
    ],
  },
  {
    id: 'protocols/sctp',
    title: 'SCTP is served as SCTP, or refused',
    needs: ['sctp'],
    steps: [
      create('sig', { spec: ports(['SCTP', 3868]) }),
      rest(),
      served(['J8'], 'sig'),
      asked(['J8', 'seed-35'], 'sig', '/listeners/0/id', 'SCTP/3868'),
    ],
  },
  {
    id: 'protocols/sctp-refused',
    title: 'SCTP where the provider has none makes nothing, not even the TCP port beside it',
    setup: { withheld: ['sctp'] },
    steps: [
      create('sig', { spec: ports(['TCP', 80], ['SCTP', 3868]) }),
      rest(),
      ...refused(['J8', 'J7', 'P9', 'seed-35'], 'sig', 'UnsupportedProtocol', ['SCTP/3868', 'spec.ports[1].protocol']),
    ],
  },
  {
    id: 'protocols/sctp-added',
    title: 'SCTP that is added to a served Service: what is served goes on, the port is told as not served',
    setup: { withheld: ['sctp'] },
    steps: [
      create('sig', { spec: ports(['TCP', 80]) }),
      rest(),
      remember('served'),
      edit('sig', ports(['TCP', 80], ['SCTP', 3868])),
      rest(),
      ...frozen(['J7', 'J8', 'P9'], 'sig', 'served', 'UnsupportedProtocol', ['SCTP/3868']),
      {
        rows: ['J7', 'P9', 'F9'],
        check: 'object',
        service: 'sig',
        at: '/status/loadBalancer/ingress/0/ports/1',
        equals: { port: 3868, protocol: 'SCTP', error: 'portolan.dev/UnsupportedProtocol' },
      },
      edit('sig', ports(['TCP', 80])),
      rest(),
      served(['J7'], 'sig'),
    ],
  },
  {
    id: 'protocols/mixed-added',
    title: 'A second protocol where none may be mixed: what is served goes on, and Kubernetes’ own word stands at the port',
    setup: { withheld: ['mixedProtocols'] },
    steps: [
      create('dns', { spec: ports(['TCP', 53]) }),
      rest(),
      remember('served'),
      edit('dns', both),
      rest(),
      ...frozen(['J7', 'P9'], 'dns', 'served', 'LoadBalancerMixedProtocolNotSupported', ['UDP/53']),
      {
        rows: ['F9', 'F10', 'J7'],
        check: 'object',
        service: 'dns',
        at: '/status/loadBalancer/ingress/0/ports/1',
        equals: { port: 53, protocol: 'UDP', error: 'LoadBalancerMixedProtocolNotSupported' },
      },
      { rows: ['F10'], check: 'condition', service: 'dns', type: 'LoadBalancerPortsError', status: 'True' },
    ],
  },
];
