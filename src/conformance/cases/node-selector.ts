import type { ActionStep, ConformanceCase, NodeSetup } from '../case.ts';
import { addNodes, deleteNode, members } from '../node-story.ts';
import { nothingWritten, servedWeb, stands, whole } from '../served-web.ts';
import { annotate, create, edit, frozen, ports, remember, rest, served } from '../story.ts';

const selector = 'portolan.dev/node-selector';
const inPool = (name: string, pool: string): NodeSetup => ({ name, labels: { pool } });
const pools = { nodes: [inPool('n1', 'edge'), inPool('n2', 'edge'), inPool('n3', 'core'), { name: 'n4' }] };
const choosing = (text: string) => ({ annotations: { [selector]: text } });
const label = (node: string, pool: string | null): ActionStep => ({ do: 'patch-node', node, patch: { metadata: { labels: { pool } } } });

/** Members chosen by the labels of their Nodes (design §4, §8). */
export const cases: readonly ConformanceCase[] = [
  {
    id: 'node-selector/chosen',
    title: 'Only Nodes with every label asked for are members; other Services have all of them',
    setup: pools,
    steps: [
      create('web', choosing('pool=edge')),
      create('any', choosing('pool')),
      create('two'),
      rest(),
      served(['design-8'], 'web'),
      members(['design-8', 'K1'], ['n1', 'n2']),
      members(['design-8', 'K1'], ['n1', 'n2', 'n3'], 'any'),
      members(['K1'], ['n1', 'n2', 'n3', 'n4'], 'two'),
      ...whole(['design-8']),
    ],
  },
  {
    id: 'node-selector/labels-change',
    title: 'A Node that is labelled later is a member within seconds, one that loses the label is none, and nobody else is touched',
    setup: pools,
    steps: [
      ...servedWeb(choosing('pool=edge')),
      create('two'),
      rest(),
      remember('both'),
      label('n4', 'edge'),
      rest(5_000),
      members(['design-8', 'K5'], ['n1', 'n2', 'n4']),
      label('n1', null),
      rest(5_000),
      members(['design-8', 'K5'], ['n2', 'n4']),
      { rows: ['idea-5', 'K8'], check: 'calls', since: 'both', verb: 'apply', where: { membersOnly: false }, atMost: 0 },
      { rows: ['K8'], check: 'events', service: 'two', since: 'both', exactly: [] },
      ...stands(['idea-6']),
      ...whole(['design-8']),
    ],
  },
  {
    id: 'node-selector/nodes-change',
    title: 'Nodes that come and go are followed where they are chosen, and cost nothing where they are not',
    setup: pools,
    steps: [
      ...servedWeb(choosing('pool=edge')),
      addNodes('n5'),
      rest(5_000),
      ...nothingWritten(['K8', 'idea-5'], 'served'),
      deleteNode('n1'),
      rest(5_000),
      members(['K4', 'design-8'], ['n2']),
      ...whole(['K4']),
    ],
  },
  {
    id: 'node-selector/edited',
    title: 'Another choice is made in place, and without one all Nodes are members again',
    setup: pools,
    steps: [
      ...servedWeb(),
      annotate('web', { [selector]: 'pool=core' }),
      rest(),
      members(['design-8'], ['n3']),
      ...stands(['idea-6']),
      annotate('web', { [selector]: null }),
      rest(),
      members(['design-8'], ['n1', 'n2', 'n3', 'n4']),
      ...stands(['idea-6']),
      ...whole(['design-8']),
    ],
  },
  {
    id: 'node-selector/while-nobody-ran',
    title: 'Labels that changed while nobody ran are followed at the next start',
    setup: pools,
    steps: [
      ...servedWeb(choosing('pool=edge')),
      { do: 'stop' },
      label('n1', 'core'),
      { do: 'start' },
      rest(60_000),
      members(['design-8', 'L9'], ['n2']),
      ...stands(['idea-6']),
      ...whole(['L9']),
    ],
  },
  {
    id: 'node-selector/mistyped',
    title: 'An edit that chooses none of the Nodes takes none away: it is refused until it is corrected or a Node has the label',
    setup: pools,
    steps: [
      ...servedWeb(choosing('pool=edge')),
      annotate('web', { [selector]: 'pool=egde' }),
      rest(),
      ...frozen(['idea-8', 'idea-7'], 'web', 'served', 'NoNodes', [selector, 'pool=egde']),
      label('n4', 'egde'),
      rest(5_000),
      members(['design-8'], ['n4']),
      ...whole(['idea-8']),
    ],
  },
  {
    id: 'node-selector/none-left',
    title: 'Where the last Node that was chosen goes, nothing answers, and that is said; the next one serves',
    setup: pools,
    steps: [
      ...servedWeb(choosing('pool=core')),
      deleteNode('n3'),
      rest(5_000),
      members(['K10', 'design-8'], []),
      { rows: ['K10', 'idea-4'], check: 'condition', service: 'web', type: 'Degraded', reason: 'NoNodes', mentions: ['pool=core'] },
      label('n4', 'core'),
      rest(5_000),
      members(['design-8'], ['n4']),
      ...stands(['idea-6']),
    ],
  },
  {
    id: 'node-selector/unreadable',
    title: 'A selector that cannot be read is refused; what serves keeps the Nodes it has, whatever else is edited',
    setup: pools,
    steps: [
      ...servedWeb(choosing('pool=edge')),
      annotate('web', { [selector]: 'pool in (edge)' }),
      edit('web', ports(['TCP', 8080])),
      rest(),
      ...frozen(['idea-7', 'idea-8'], 'web', 'served', 'InvalidSetting', [selector, 'pool in (edge)']),
      annotate('web', { [selector]: 'pool=edge' }),
      rest(),
      members(['design-8'], ['n1', 'n2']),
      ...whole(['idea-8']),
    ],
  },
];
