import type { ConformanceCase } from '../../../../src/conformance/case.ts';
import { annotate, cloud, create, happen, remember, rest, same, served, settled, stillServed, triedAgain } from './telling.ts';

const targets = '/listeners/80/targetGroup/targets';
const web = { ports: [{ port: 80, nodePort: 30_080 }] };
const target = (number: number, nodePort = 30_080): string => `i-${number.toString(16).padStart(17, '0')}:${nodePort}`;

/** Nodes as instances: one odd one hurts no other (pain-17). */
export const cases: readonly ConformanceCase[] = [
  {
    id: 'aws-members/come-and-go',
    title: 'Nodes come and go as targets, and nothing else is touched',
    steps: [
      create('web', {}, web),
      rest,
      cloud(['K1'], 'web', targets, [target(1), target(2)]),
      remember('served'),
      { do: 'add-nodes', nodes: [{ name: 'n3' }] },
      rest,
      cloud(['K4'], 'web', targets, [target(1), target(2), target(3)]),
      { do: 'delete-node', node: 'n1' },
      rest,
      cloud(['K4', 'P24'], 'web', targets, [target(2), target(3)]),
      { rows: ['idea-5'], check: 'calls', since: 'served', verb: 'apply', service: 'web', atMost: 2 },
      ...stillServed(['K4'], 'served'),
    ],
  },
  {
    id: 'aws-members/no-provider-id',
    title: 'A Node without a provider id, or with one that names no instance, is left out and keeps no other from being a target',
    setup: {
      nodes: [{ name: 'n1' }, { name: 'new', providerId: null }, { name: 'odd', providerId: 'hybrid:///rack-7/host-3' }, { name: 'n4' }],
    },
    steps: [
      create('web', {}, web),
      rest,
      served(['K16', 'pain-17', 'seed-23']),
      cloud(['K16', 'pain-17', 'seed-23'], 'web', targets, [target(1), target(4)]),
      { do: 'patch-node', node: 'new', patch: { spec: { providerID: 'aws:///eu-central-1a/i-00000000000000001' } } },
      rest,
      settled(['K16']),
    ],
  },
  {
    id: 'aws-members/stopped',
    title: 'A stopped instance is left out of the batch and keeps no other from being a target; when it runs again it is one',
    steps: [
      create('web', {}, web),
      rest,
      { do: 'add-nodes', nodes: [{ name: 'n3' }] },
      happen('instance-state', 'web', { index: 2, is: 'stopped' }),
      { do: 'add-nodes', nodes: [{ name: 'n4' }] },
      rest,
      cloud(['K15', 'P24', 'seed-23'], 'web', targets, [target(1), target(2), target(4)]),
      served(['K15', 'pain-17']),
      happen('instance-state', 'web', { index: 2, is: 'running' }),
      triedAgain,
      cloud(['K15'], 'web', targets, [target(1), target(2), target(3), target(4)]),
      settled(['K15']),
    ],
  },
  {
    id: 'aws-members/labels',
    title: "Amazon's word for a choice of nodes by labels chooses the targets, and taken away all nodes are targets again",
    setup: { nodes: [{ name: 'n1', labels: { pool: 'edge' } }, { name: 'n2' }] },
    steps: [
      create('web', { 'target-node-labels': 'pool=edge' }, web),
      rest,
      remember('served'),
      cloud(['design-8'], 'web', targets, [target(1)]),
      { do: 'patch-node', node: 'n2', patch: { metadata: { labels: { pool: 'edge' } } } },
      rest,
      cloud(['design-8', 'K5'], 'web', targets, [target(1), target(2)]),
      annotate('web', { 'target-node-labels': 'pool=core' }),
      rest,
      { rows: ['idea-8'], check: 'condition', service: 'web', type: 'Accepted', status: 'False', reason: 'NoNodes' },
      cloud(['idea-8'], 'web', targets, [target(1), target(2)]),
      annotate('web', { 'target-node-labels': null }),
      rest,
      cloud(['design-8'], 'web', targets, [target(1), target(2)]),
      { rows: ['idea-5'], check: 'calls', since: 'served', verb: 'apply', service: 'web', atMost: 1 },
      ...stillServed(['design-8'], 'served'),
    ],
  },
  {
    id: 'aws-members/unfit',
    title:
      'An instance of a family that Amazon does not take is found in a batch that runs as a whole, and keeps no other from being a target',
    steps: [
      create('web', {}, web),
      rest,
      remember('served'),
      happen('instance-family', 'web', { index: 4, is: 'unfit' }),
      { do: 'add-nodes', nodes: [{ name: 'n3' }, { name: 'n4' }, { name: 'n5' }, { name: 'n6' }, { name: 'n7' }] },
      rest,
      cloud(
        ['K15', 'P24', 'pain-17'],
        'web',
        targets,
        [1, 2, 3, 4, 6, 7].map((number) => target(number)),
      ),
      served(['K15', 'pain-17']),
      same(['K15'], 'served'),
      // All five; two, two and one; one and one.
      { rows: ['idea-5'], check: 'calls', since: 'served', verb: 'apply', service: 'web', atMost: 6 },
      create('shop', {}, { ports: [{ port: 80, nodePort: 30_081 }] }),
      rest,
      cloud(
        ['K15', 'pain-17'],
        'shop',
        targets,
        [1, 2, 3, 4, 6, 7].map((number) => target(number, 30_081)),
      ),
      served(['K15', 'pain-17'], 'shop'),
      happen('instance-family', 'web', { index: 4, is: 'fit' }),
      triedAgain,
      { do: 'add-nodes', nodes: [{ name: 'n8' }] },
      rest,
      cloud(
        ['K15'],
        'web',
        targets,
        [1, 2, 3, 4, 5, 6, 7, 8].map((number) => target(number)),
      ),
      settled(['K15']),
    ],
  },
  {
    id: 'aws-members/terminated',
    title: 'An instance that was terminated while its Node is still there is no failure',
    steps: [
      create('web', {}, web),
      rest,
      remember('served'),
      happen('instance-state', 'web', { index: 0, is: 'terminated' }),
      { do: 'add-nodes', nodes: [{ name: 'n3' }] },
      rest,
      cloud(['K15', 'P24'], 'web', targets, [target(2), target(3)]),
      served(['K15', 'pain-17']),
      { rows: ['K15'], check: 'ingress', service: 'web', same: 'served' },
    ],
  },
];
