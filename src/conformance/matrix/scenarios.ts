import type { JsonObject } from '../../model/json.ts';
import type { ActionStep, ClassSetup } from '../case.ts';
import { annotate, create, edit, fault, ports, remember, remove, rest, untilDone } from '../story.ts';
import type { Scenario } from './scenario.ts';

/** Beside what is changed there is always a Service that nobody touches. */
const bystander = create('bystander');
/** So long a change takes that waits for nothing but calls and the gathering of node changes. */
const soon = rest(5_000);
/** So long an address that has a successor is served on, and a little more. */
const handover = rest(75_000);
const approve: ActionStep = { do: 'approve', service: 'web', code: 'shown' };
const served = (over: Parameters<typeof create>[1] = {}): readonly ActionStep[] => [bystander, create('web', over), rest()];
const kit = (over: Partial<ClassSetup>): ClassSetup => ({ id: 'kit', default: true, ...over });
const scheme = 'portolan.dev/scheme';

/** An edit of the Service `web`, which is served. */
function edited(id: string, title: string, after: JsonObject, more: Partial<Scenario> & { readonly before?: JsonObject } = {}): Scenario {
  const { before, ...over } = more;
  const given = served(before === undefined ? {} : { spec: before });
  return { id: `edit/${id}`, title, given, acts: [edit('web', after), soon], ...over };
}

const ranges = (...list: readonly string[]): JsonObject => ({ loadBalancerSourceRanges: list });
const policy = (externalTrafficPolicy: 'Cluster' | 'Local'): JsonObject => ({ externalTrafficPolicy });
const affinity = (sessionAffinity: 'None' | 'ClientIP'): JsonObject => ({ sessionAffinity });

const label = (node: string): ActionStep => ({ do: 'patch-node', node, patch: { metadata: { labels: { pool: 'edge' } } } });

/** The first step of it hangs, and the process dies. */
const interrupted = (act: ActionStep): readonly ActionStep[] => [
  fault('apply', 'hang', { times: 1 }),
  act,
  rest(1_000),
  { do: 'crash' },
  { do: 'no-faults' },
  { do: 'start' },
];

/** Create, each kind of edit, delete, type change, release, restart: what a process can die in, and what faults can hit. */
export const scenarios: readonly Scenario[] = [
  { id: 'create/one', title: 'a Service is made', given: [bystander, rest()], acts: [create('web'), soon] },
  {
    id: 'create/mixed',
    title: 'a Service of TCP and UDP is made',
    needs: ['mixedProtocols', 'udp'],
    given: [bystander, rest()],
    acts: [create('web', { spec: ports(['TCP', 80], ['UDP', 80], ['TCP', 443]) }), soon],
  },
  {
    id: 'create/two',
    title: 'two Services are made at once',
    given: [bystander, rest()],
    acts: [create('web'), create('api'), soon],
  },
  {
    id: 'create/again',
    title: 'a Service is deleted and one of its name made at once',
    given: served(),
    acts: [remove('web'), untilDone(1_000), create('web'), soon],
    moves: ['web'],
  },
  edited('port-added', 'a port is added', ports(['TCP', 80], ['TCP', 443]), { before: ports(['TCP', 80]) }),
  edited('port-removed', 'a port is taken away', ports(['TCP', 80]), { before: ports(['TCP', 80], ['TCP', 443]) }),
  edited('port-changed', 'a port is changed', ports(['TCP', 8080]), { before: ports(['TCP', 80]) }),
  edited('protocol', 'a port changes its protocol', ports(['UDP', 80]), { before: ports(['TCP', 80]), needs: ['udp'] }),
  edited(
    'node-port',
    'a node port is changed',
    { ports: [{ name: 'tcp-80', protocol: 'TCP', port: 80, nodePort: 30080 }] },
    {
      before: { ports: [{ name: 'tcp-80', protocol: 'TCP', port: 80, nodePort: 30081 }] },
    },
  ),
  edited(
    'dual-stack',
    'a second family is asked for',
    { ipFamilyPolicy: 'PreferDualStack' },
    {
      before: { ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4'] },
      needs: ['ipv4', 'ipv6', 'dualStack'],
    },
  ),
  {
    id: 'edit/single-stack',
    title: 'a second family is given up, by approval',
    needs: ['ipv4', 'ipv6', 'dualStack'],
    given: served({ spec: { ipFamilyPolicy: 'PreferDualStack' } }),
    acts: [edit('web', { ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4'], clusterIPs: null }), soon, approve, soon],
  },
  edited('ranges', 'sources are limited', ranges('192.0.2.0/24', '198.51.100.0/24'), { needs: ['sourceRanges'] }),
  edited('ranges-cleared', 'sources are no longer limited', ranges(), { before: ranges('192.0.2.0/24'), needs: ['sourceRanges'] }),
  edited('affinity', 'affinity is asked for', affinity('ClientIP'), { needs: ['clientIpAffinity'] }),
  edited('affinity-off', 'affinity is no longer asked for', affinity('None'), {
    before: affinity('ClientIP'),
    needs: ['clientIpAffinity'],
  }),
  edited('policy-local', 'the traffic policy becomes Local', policy('Local'), { needs: ['localTrafficPolicy', 'clusterTrafficPolicy'] }),
  edited('policy-cluster', 'the traffic policy becomes Cluster', policy('Cluster'), {
    before: policy('Local'),
    needs: ['localTrafficPolicy', 'clusterTrafficPolicy'],
  }),
  {
    id: 'edit/annotation',
    title: 'sources are limited by annotation',
    needs: ['sourceRanges'],
    given: served(),
    acts: [annotate('web', { 'service.beta.kubernetes.io/load-balancer-source-ranges': '192.0.2.0/24' }), soon],
  },
  {
    id: 'edit/nodes-chosen',
    title: 'nodes are chosen by a label, and another one gets it',
    given: [...served(), label('n1')],
    acts: [annotate('web', { 'portolan.dev/node-selector': 'pool=edge' }), soon, label('n2'), soon],
  },
  {
    id: 'edit/refused',
    title: 'a bad edit freezes a Service, and a node comes meanwhile',
    given: served(),
    acts: [annotate('web', { [scheme]: 'sideways' }), soon, { do: 'add-nodes', nodes: [{ name: 'n3' }] }, soon],
  },
  {
    id: 'edit/scheme',
    title: 'the scheme changes by approval, with handover',
    needs: ['publicScheme', 'internalScheme'],
    given: served({ annotations: { [scheme]: 'public' } }),
    acts: [annotate('web', { [scheme]: 'internal' }), soon, approve, handover],
    moves: ['web'],
  },
  {
    id: 'edit/requested-address',
    title: 'an address is asked for by approval',
    needs: ['requestedAddress'],
    hooks: ['published-addresses'],
    given: [...served(), create('lender'), rest(), remember('lent'), remove('lender'), rest()],
    acts: [annotate('web', { 'portolan.dev/load-balancer-ips': '{{lender@lent}}' }), soon, approve, handover],
    moves: ['web'],
  },
  {
    id: 'edit/class',
    title: 'a setting of the class changes, by approval of each Service',
    needs: ['publicScheme', 'internalScheme'],
    setup: { classes: [kit({ settings: { scheme: 'public' } })] },
    given: served(),
    acts: [{ do: 'reload', classes: [kit({ settings: { scheme: 'internal' } })] }, soon, approve, handover],
    moves: ['web'],
  },
  { id: 'nodes/added', title: 'nodes come', given: served(), acts: [{ do: 'add-nodes', nodes: [{ name: 'n3' }, { name: 'n4' }] }, soon] },
  { id: 'nodes/removed', title: 'a node goes', given: served(), acts: [{ do: 'delete-node', node: 'n2' }, soon] },
  { id: 'delete/one', title: 'a Service is deleted', given: served(), acts: [remove('web'), soon] },
  {
    id: 'delete/held',
    title: 'a Service is deleted that somebody else holds, too',
    given: served({ finalizers: ['example.com/hold'] }),
    acts: [remove('web'), soon],
  },
  { id: 'type/away', title: 'a Service becomes a ClusterIP', given: served(), acts: [edit('web', { type: 'ClusterIP' }), soon] },
  {
    id: 'type/and-back',
    title: 'a Service becomes a NodePort and a LoadBalancer again',
    given: served(),
    acts: [edit('web', { type: 'NodePort' }), rest(1_000), edit('web', { type: 'LoadBalancer' }), soon],
    moves: ['web'],
  },
  {
    id: 'release/one',
    title: 'a Service is released',
    given: served(),
    acts: [annotate('web', { 'portolan.dev/release': 'true' }), soon],
  },
  {
    id: 'restart/idle',
    title: 'the controller stops and starts with nothing to do',
    given: served(),
    acts: [{ do: 'stop' }, { do: 'start' }, soon],
  },
  {
    id: 'restart/create-interrupted',
    title: 'the controller is killed while a Service is being made, and started again',
    given: [bystander, rest()],
    acts: [...interrupted(create('web')), rest(60_000)],
  },
  {
    id: 'restart/delete-interrupted',
    title: 'the controller is killed while a Service is being deleted, and started again',
    given: served(),
    acts: [...interrupted(remove('web')), rest(60_000)],
  },
  {
    id: 'restart/behind',
    title: 'the controller starts after a Service was edited, one deleted, and a node has come',
    given: [...served(), create('api'), rest()],
    acts: [
      { do: 'stop' },
      edit('web', ports(['TCP', 80], ['TCP', 443])),
      remove('api'),
      { do: 'add-nodes', nodes: [{ name: 'n3' }] },
      { do: 'start' },
      soon,
    ],
  },
];
