import type { ConformanceCase } from '../case.ts';
import { asked, create, edit, frozen, refused, remember, rest, served } from '../story.ts';

const sticky = { sessionAffinity: 'ClientIP' };
const client = '198.51.100.7';

/** A switch of the affinity with this traffic policy, there and back. */
const switched = (policy: 'Cluster' | 'Local', row: 'S6' | 'S7'): ConformanceCase => ({
  id: `affinity/switched-${policy.toLowerCase()}`,
  title: `Under ${policy} affinity is switched on and off without another load balancer`,
  needs: ['clientIpAffinity', policy === 'Local' ? 'localTrafficPolicy' : 'clusterTrafficPolicy'],
  asks: [create('web', { spec: { ...sticky, externalTrafficPolicy: policy } })],
  steps: [
    create('web', { spec: { externalTrafficPolicy: policy } }),
    rest(),
    asked(['H7'], 'web', '/affinity/kind', 'none'),
    remember('off'),
    edit('web', sticky),
    rest(),
    asked([row, 'H7', 'A7'], 'web', '/affinity', { kind: 'client-ip', timeoutSeconds: 10_800 }),
    { rows: [row], check: 'settled', service: 'web' },
    served([row], 'web'),
    edit('web', { sessionAffinity: 'None', sessionAffinityConfig: null }),
    rest(),
    asked([row, 'H7'], 'web', '/affinity/kind', 'none'),
    { rows: [row], check: 'settled', service: 'web' },
    { rows: [row], check: 'owned', service: 'web', same: 'off' },
    { rows: [row], check: 'ingress', service: 'web', same: 'off' },
  ],
});

/** Clients that stick to a Node (contract H7). */
export const cases: readonly ConformanceCase[] = [
  {
    id: 'affinity/local',
    title: 'Client affinity under Local is asked of the provider',
    needs: ['clientIpAffinity', 'localTrafficPolicy'],
    steps: [
      create('web', { spec: { ...sticky, externalTrafficPolicy: 'Local' } }),
      rest(),
      served(['S4', 'H7'], 'web'),
      asked(['S4', 'H7'], 'web', '/affinity', { kind: 'client-ip', timeoutSeconds: 10_800 }),
    ],
  },
  {
    id: 'affinity/timeout',
    title: 'The timeout is passed on, and its change too',
    needs: ['clientIpAffinity'],
    steps: [
      create('web', { spec: { ...sticky, sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } } } }),
      rest(),
      served(['S5', 'H7'], 'web'),
      asked(['S5', 'H7'], 'web', '/affinity', { kind: 'client-ip', timeoutSeconds: 60 }),
      remember('served'),
      edit('web', { sessionAffinityConfig: { clientIP: { timeoutSeconds: 600 } } }),
      rest(),
      asked(['H7', 'A7'], 'web', '/affinity/timeoutSeconds', 600),
      { rows: ['H7'], check: 'settled', service: 'web' },
      { rows: ['H7'], check: 'ingress', service: 'web', same: 'served' },
    ],
  },
  switched('Cluster', 'S7'),
  switched('Local', 'S6'),
  {
    id: 'affinity/traffic',
    title: 'A client sticks to one Node while affinity is on, and is spread while it is off',
    needs: ['clientIpAffinity'],
    hooks: ['data-path'],
    setup: { nodes: [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }] },
    steps: [
      create('web', { spec: sticky }),
      rest(),
      { rows: ['S5', 'H7', 'P12'], check: 'traffic', service: 'web', port: 80, from: client, expect: 'answered', sticks: true },
      edit('web', { sessionAffinity: 'None', sessionAffinityConfig: null }),
      rest(),
      { rows: ['S7'], check: 'traffic', service: 'web', port: 80, from: client, expect: 'answered', by: ['n1', 'n2', 'n3'] },
      edit('web', sticky),
      rest(),
      { rows: ['S7', 'P12'], check: 'traffic', service: 'web', port: 80, from: client, expect: 'answered', sticks: true },
    ],
  },
  {
    id: 'affinity/traffic-local',
    title: 'Under Local too a client sticks, and to a Node that has an endpoint',
    needs: ['clientIpAffinity', 'localTrafficPolicy'],
    hooks: ['data-path'],
    setup: { nodes: [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }] },
    steps: [
      create('web', { spec: { ...sticky, externalTrafficPolicy: 'Local' } }),
      { do: 'endpoints', service: 'web', nodes: { n2: 1, n3: 2 } },
      rest(),
      { rows: ['S4', 'P12'], check: 'traffic', service: 'web', port: 80, from: client, expect: 'answered', sticks: true },
      { do: 'endpoints', service: 'web', nodes: { n2: 1 } },
      rest(),
      { rows: ['S4'], check: 'traffic', service: 'web', port: 80, from: client, expect: 'answered', by: ['n2'] },
      { do: 'endpoints', service: 'web', nodes: { n3: 1 } },
      rest(),
      {
        rows: ['S4', 'pain-7'],
        check: 'traffic',
        service: 'web',
        port: 80,
        from: client,
        expect: 'answered',
        by: ['n3'],
        why: 'nobody sticks to a Node that answers no more',
      },
    ],
  },
  {
    id: 'affinity/not-had',
    title: 'Where the provider has no affinity it is refused, never ignored',
    setup: { withheld: ['clientIpAffinity'] },
    steps: [
      create('web', { spec: sticky }),
      create('shop'),
      rest(),
      ...refused(['H7', 'P12', 'idea-7'], 'web', 'UnsupportedFeature', ['spec.sessionAffinity']),
      remember('served'),
      edit('shop', sticky),
      rest(),
      ...frozen(['H7', 'P12', 'idea-8'], 'shop', 'served', 'UnsupportedFeature', ['spec.sessionAffinity']),
      edit('shop', { sessionAffinity: 'None', sessionAffinityConfig: null }),
      rest(),
      served(['H7'], 'shop'),
    ],
  },
];
