import { describe, expect, it, test } from 'vitest';
import { ingressDigest, formatRecord } from '../../../src/controller/record.ts';
import { MemberSets } from '../../../src/intent/nodes.ts';
import { conditionTypes } from '../../../src/model/condition.ts';
import { cloudId, listenerId, serviceLoadBalancer, serviceUid, type Digest } from '../../../src/model/ids.ts';
import { clusterMark, keyMark } from '../../../src/model/owner.ts';
import type { ServiceView } from '../../../src/model/service-view.ts';
import type { Cidr, IpAddress } from '../../../src/net/ip.ts';
import type { LoadBalancerRecord } from '../../../providers/local/state.ts';
import { printState } from '../../../providers/local/state-text.ts';
import { aNode, aPort, aService, internal } from '../../builders/views.ts';
import { ourFinalizer, type Facts, type Traffic } from './facts.ts';
import { carried, idle, standing, wrongIdle, wrongStanding, wrongTraffic } from './oracle.ts';

const address = '127.90.0.130' as IpAddress; // a literal
const nodes = [aNode('node-1', { addresses: [internal('127.90.0.11')] }), aNode('node-2', { addresses: [internal('127.90.0.12')] })];
const { digest, members } = new MemberSets().of(nodes);
const ingress = [{ ip: address, ipMode: 'Proxy', ports: [{ port: 80, protocol: 'TCP' }] }] as const;
const says = (type: string, status: 'True' | 'False') => ({ type, status, reason: 'Because', message: '' });
const applied = { applied: true, input: 'i' as Digest, spec: 's' as Digest, id: cloudId('lb-1'), status: ingressDigest(ingress) }; // opaque

const service: ServiceView = aService({
  finalizers: [ourFinalizer],
  ingress,
  conditions: [
    formatRecord(applied),
    says(conditionTypes.accepted, 'True'),
    says(conditionTypes.programmed, 'True'),
    says(conditionTypes.degraded, 'False'),
  ],
});
const record: LoadBalancerRecord = {
  id: cloudId('lb-1'),
  marks: { [clusterMark]: 'c', [keyMark]: serviceLoadBalancer(service.uid) },
  scheme: 'public',
  addresses: [address],
  listeners: [{ id: listenerId('TCP', 80), nodePort: 30_080, healthCheck: { kind: 'cluster' } }],
  members: digest,
  sourceRanges: [],
  affinity: { kind: 'none' },
  settings: { drainTimeout: 30_000, udpIdleTimeout: 60_000 },
};
const memberList = members.map(({ node, addresses }) => ({ node, addresses }));
const stateText = (...loadBalancers: readonly LoadBalancerRecord[]) =>
  printState({ created: 9, loadBalancers, memberSets: { [digest]: memberList } });

const good: Facts = {
  services: [service],
  nodes,
  ranges: { public: '127.90.0.128/25' as Cidr, internal: '127.90.0.64/26' as Cidr }, // literals
  epochMark: digest,
  stateText: stateText(record),
  files: ['state.json', 'state.json.lock'],
  sockets: new Set([`TCP ${address}:80`]),
  published: new Map([[service.uid, [address]]]),
  approved: new Map(),
};
const other = { ...record, id: cloudId('lb-2'), addresses: ['127.90.0.131' as IpAddress] }; // a literal
const withService = (patch: Partial<ServiceView>): Partial<Facts> => ({ services: [{ ...service, ...patch }] });
const withCondition = (condition: ServiceView['conditions'][number]): Partial<Facts> =>
  withService({ conditions: [...service.conditions.filter(({ type }) => type !== condition.type), condition] });
const withRecord = (patch: Partial<LoadBalancerRecord>): Partial<Facts> => ({ stateText: stateText({ ...record, ...patch }) });

/** What each line is there to find. */
const planted: Readonly<Record<keyof typeof standing, readonly Partial<Facts>[]>> = {
  'the state file can be read': [{ stateText: '{"half":' }, { stateText: '' }],
  'each load balancer is recorded once, and nothing else is': [
    { stateText: stateText() },
    { stateText: stateText(record, other) },
    { stateText: stateText(record, { ...other, marks: { ...record.marks, [keyMark]: 'service/somebody-else' } }) },
    { stateText: stateText(record, { ...other, marks: {} }) },
    withService({ deleting: true }),
  ],
  'each record is what its Service asks for': [
    withRecord({ listeners: [] }),
    withRecord({ listeners: record.listeners.map((listener) => ({ ...listener, nodePort: 30_081 })) }),
    withRecord({ listeners: record.listeners.map((listener) => ({ ...listener, healthCheck: { kind: 'local', port: 30_090 } })) }),
    withRecord({ sourceRanges: ['10.0.0.0/8' as Cidr] }), // a literal
    withRecord({ affinity: { kind: 'client-ip', timeoutSeconds: 60 } }),
    withRecord({ settings: { drainTimeout: 1, udpIdleTimeout: 60_000 } }),
    withRecord({ scheme: 'internal' }),
    { nodes: nodes.slice(1) },
  ],
  'no member set is kept that nobody uses': [
    { stateText: printState({ created: 9, loadBalancers: [record], memberSets: { [digest]: memberList, old: [] } }) },
  ],
  'only what is served has our finalizer, and has it once': [
    withService({ finalizers: [] }),
    withService({ finalizers: [ourFinalizer, ourFinalizer] }),
    withService({ type: 'ClusterIP' }),
  ],
  'what was deleted is gone': [withService({ deleting: true })],
  'what is no load balancer says nothing of one': [
    withService({ type: 'ClusterIP', ingress: [] }),
    withService({ type: 'ClusterIP', conditions: [] }),
  ],
  'the record on each Service says what was applied': [
    withService({ conditions: service.conditions.filter(({ type }) => type !== conditionTypes.applied) }),
    withCondition(formatRecord({ ...applied, applied: false })),
    withCondition(formatRecord({ ...applied, id: cloudId('lb-2') })),
    withCondition(formatRecord({ ...applied, status: ingressDigest([]) })),
  ],
  'each Service says that it is served': [
    withCondition(says(conditionTypes.accepted, 'False')),
    withCondition(says(conditionTypes.programmed, 'False')),
    withCondition(says(conditionTypes.degraded, 'True')),
    withService({ conditions: [] }),
  ],
  'status names the recorded address, of the right range, with every port': [
    withService({ ingress: [] }),
    withService({ ingress: [...ingress, ...ingress] }),
    withRecord({ addresses: other.addresses }),
    withService({ annotations: { 'portolan.dev/scheme': 'internal' } }),
    withService({ ingress: [{ ...ingress[0], ports: [] }] }),
    withService({ ingress: [{ ...ingress[0], ports: [{ port: 80, protocol: 'TCP', error: 'portolan.dev/PortInUse' }] }] }),
  ],
  'no address was ever changed unasked': [
    { published: new Map([[service.uid, ['127.90.0.129', address]]]) },
    { published: new Map([[service.uid, [address, '127.90.0.129', address]]]), approved: new Map([[service.uid, 1]]) },
  ],
  'exactly what should listen does': [
    { sockets: new Set() },
    { sockets: new Set([`TCP ${address}:80`, `UDP ${address}:80`]) },
    { sockets: new Set([`UDP ${address}:80`]) },
  ],
  'the Lease names the node set that every pool has': [{ epochMark: undefined }, { epochMark: '' }, { nodes: nodes.slice(1) }],
  'no file is left over': [{ files: ['state.json', 'state.json.next'] }, { files: [...good.files, 'state.json.lock.17'] }],
};

test('nothing is wrong where all is right', () => {
  expect(wrongStanding(good)).toEqual([]);
  expect(wrongStanding({ ...good, sockets: undefined })).toEqual([]);
  expect(wrongStanding({ ...good, published: new Map([[serviceUid('gone before'), ['127.90.0.140', '127.90.0.141']]]) })).toEqual([]);
});

describe.each(Object.keys(standing) as (keyof typeof standing)[])('%s', (line) => {
  it.each(planted[line].map((violation, index) => [index + 1, violation] as const))('finds violation %i', (_, violation) => {
    const facts = { ...good, ...violation };

    expect(standing[line](facts)).not.toEqual([]);
    expect(wrongStanding(facts)).toContainEqual(expect.stringContaining(line));
  });
});

const reply = (node: string, patch: object = {}) => ({ node, nodePort: 30_080, protocol: 'TCP', ...patch });
const served = { service, port: aPort(), replies: [reply('node-1'), reply('node-2')], outsider: { error: 'CLOSED' } };
const place = { protocol: 'TCP', address: '127.90.0.140', port: 80 } as const;
const fine: Traffic = { served: [served], gone: [{ place, reply: { error: 'ECONNREFUSED' } }] };
const local = { ...service, externalTrafficPolicy: 'Local', annotations: { 'demo.portolan.dev/endpoints': 'node-2' } } as const;

const met: Readonly<Record<keyof typeof carried, readonly Traffic[]>> = {
  'each port is answered by each node that should and by no other': [
    { ...fine, served: [{ ...served, replies: [] }] },
    { ...fine, served: [{ ...served, replies: [reply('node-1')] }] },
    { ...fine, served: [{ ...served, replies: [...served.replies, reply('node-9')] }] },
    { ...fine, served: [{ ...served, replies: [...served.replies, { error: 'SILENT' }] }] },
    { ...fine, served: [{ ...served, replies: [reply('node-1'), reply('node-2', { nodePort: 30_081 })] }] },
    { ...fine, served: [{ ...served, replies: [reply('node-1'), reply('node-2', { protocol: 'UDP' })] }] },
    { ...fine, served: [{ ...served, service: local }] },
  ],
  'nobody outside of the source ranges is answered': [{ ...fine, served: [{ ...served, outsider: reply('node-1') }] }],
  'where nothing should listen any more, clients are refused': [
    { ...fine, gone: [{ place, reply: reply('node-1') }] },
    { ...fine, gone: [{ place, reply: { error: 'SILENT' } }] },
  ],
};

test('nothing is wrong where every client met what he should', () => {
  expect(wrongTraffic(fine, good)).toEqual([]);
  expect(wrongTraffic({ ...fine, served: [{ ...served, service: local, replies: [reply('node-2')] }] }, good)).toEqual([]);
});

describe.each(Object.keys(carried) as (keyof typeof carried)[])('%s', (line) => {
  it.each(met[line].map((violation, index) => [index + 1, violation] as const))('finds violation %i', (_, violation) => {
    expect(carried[line](violation, good)).not.toEqual([]);
    expect(wrongTraffic(violation, good)).toContainEqual(expect.stringContaining(line));
  });
});

describe('a restart with nothing pending', () => {
  const lease = 'PUT /apis/coordination.k8s.io/v1/namespaces/portolan-system/leases/portolan';
  const quiet = { writes: [lease], stateBefore: 'a', stateAfter: 'a' };

  it('may write the Lease', () => expect(wrongIdle(quiet)).toEqual([]));

  it.each(['PATCH /api/v1/namespaces/default/services/web/status', 'POST /api/v1/namespaces/default/events'])('may not %s', (write) => {
    expect(idle['it writes nothing but the Lease']({ ...quiet, writes: [lease, write] })).toEqual([write]);
  });

  it('may not change a byte of the state file', () => {
    expect(wrongIdle({ ...quiet, stateAfter: 'b' })).toHaveLength(1);
  });
});
