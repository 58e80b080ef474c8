import type { ConformanceCase } from '../case.ts';
import { asked, create, edit, frozen, refused, remember, rest, served } from '../story.ts';

const none = { allocateLoadBalancerNodePorts: false };
const onlyNodePorts = { withheld: ['noNodePorts'] } as const;

/** Ports without a node port (contract H8, H9). */
export const cases: readonly ConformanceCase[] = [
  {
    id: 'node-ports/without',
    title: 'A load balancer without node ports; when they are allocated the address stays',
    needs: ['noNodePorts'],
    steps: [
      create('web', { spec: none }),
      rest(),
      served(['S9', 'H8'], 'web'),
      asked(['H9', 'P5'], 'web', '/listeners/0/nodePort', 0),
      remember('without'),
      edit('web', { allocateLoadBalancerNodePorts: true }),
      rest(),
      served(['S9'], 'web'),
      { rows: ['S9', 'F12'], check: 'ingress', service: 'web', same: 'without' },
    ],
  },
  {
    id: 'node-ports/missing',
    title: 'Where members are reached by node ports only, a port without one is refused, until it is allocated',
    setup: onlyNodePorts,
    steps: [
      create('web', { spec: none }),
      rest(),
      ...refused(['H9', 'P5', 'S9'], 'web', 'NodePortMissing', ['TCP/80', 'spec.ports[0].nodePort']),
      edit('web', { allocateLoadBalancerNodePorts: true }),
      rest(),
      served(['H8', 'S9'], 'web'),
      { rows: ['H9', 'P5'], check: 'object', service: 'web', at: '/spec/ports/0/nodePort' },
    ],
  },
  {
    id: 'node-ports/one-missing',
    title: 'Each port is asked for its own node port: one of two without is refused, and named',
    setup: onlyNodePorts,
    steps: [
      create('web', {
        spec: {
          ...none,
          ports: [
            { name: 'a', port: 80, nodePort: 30080 },
            { name: 'b', port: 443 },
          ],
        },
      }),
      create('shop', { spec: { ...none, ports: [{ port: 80, nodePort: 30081 }] } }),
      rest(),
      ...refused(['H8', 'H9', 'P5'], 'web', 'NodePortMissing', ['TCP/443', 'spec.ports[1].nodePort']),
      served(['H8'], 'shop'),
      asked(['H8'], 'shop', '/listeners/0/nodePort', 30081),
    ],
  },
  {
    id: 'node-ports/flag-off-later',
    title: 'Allocation switched off changes nothing while the node ports stand',
    steps: [
      create('web'),
      rest(),
      remember('served'),
      edit('web', none),
      rest(),
      { rows: ['H8'], check: 'object', service: 'web', at: '/spec/ports', same: 'served' },
      { rows: ['H8', 'A8'], check: 'left-alone', service: 'web', since: 'served' },
    ],
  },
  {
    id: 'node-ports/given-back',
    title: 'A node port that is given back under a served listener is never programmed as 0',
    setup: onlyNodePorts,
    steps: [
      create('web'),
      rest(),
      remember('served'),
      edit('web', { ...none, ports: [{ port: 80, nodePort: 0 }] }),
      rest(),
      { rows: ['H8'], check: 'object', service: 'web', at: '/spec/ports/0/nodePort', absent: true },
      ...frozen(['H9', 'P5', 'idea-8'], 'web', 'served', 'NodePortMissing', ['TCP/80']),
      asked(['H9', 'P5'], 'web', '/nodePorts', []),
      { do: 'add-nodes', nodes: [{ name: 'n3' }] },
      rest(),
      { rows: ['P5'], check: 'settled', service: 'web', why: 'a frozen load balancer too would be given node port 0' },
      { rows: ['H9', 'idea-8'], check: 'members', service: 'web', nodes: ['n1', 'n2', 'n3'] },
      {
        rows: ['H9'],
        check: 'object',
        service: 'web',
        at: '/status/loadBalancer/ingress/0/ports/0/error',
        equals: 'portolan.dev/NodePortMissing',
      },
      edit('web', { allocateLoadBalancerNodePorts: true }),
      rest(),
      served(['H8', 'S9'], 'web'),
      { rows: ['S9'], check: 'ingress', service: 'web', same: 'served' },
    ],
  },
  {
    id: 'node-ports/traffic-after-allocation',
    title: 'When the node port is another one clients are forwarded there',
    hooks: ['data-path'],
    steps: [
      create('web', { spec: { ports: [{ port: 80, nodePort: 30080 }] } }),
      rest(),
      { rows: ['S1'], check: 'traffic', service: 'web', port: 80, expect: 'answered', by: ['n1', 'n2'] },
      edit('web', { ports: [{ port: 80, nodePort: 30081 }] }),
      rest(),
      { rows: ['S1', 'A7'], check: 'traffic', service: 'web', port: 80, expect: 'answered', by: ['n1', 'n2'] },
      edit('web', { ports: [{ port: 81, nodePort: 30081 }] }),
      rest(),
      { rows: ['S1', 'A7'], check: 'traffic', service: 'web', port: 81, expect: 'answered', by: ['n1', 'n2'] },
      { rows: ['S1', 'A7'], check: 'traffic', service: 'web', port: 80, expect: 'not-answered' },
    ],
  },
];
