import { beforeEach, describe, expect, it } from 'vitest';
import { aNode } from '../../test/builders/views.ts';
import { ManualClock } from '../clock.ts';
import { silentLog } from '../log.ts';
import { MetricsRegistry } from '../metrics.ts';
import { MemberSets, type NodeSet } from '../intent/nodes.ts';
import { serviceLoadBalancer, serviceUid, type LoadBalancerKey } from '../model/ids.ts';
import type { NodeView } from '../model/service-view.ts';
import { metricTable } from './metric-table.ts';
import { NodeEpochs, type Asked } from './node-epochs.ts';
import { beginsEpoch, relabels } from './node-trigger.ts';

const key = (uid: string) => serviceLoadBalancer(serviceUid(uid));
const setOf = (...names: string[]): NodeSet => new MemberSets().of(names.map((name) => aNode(name)));
const all = ({ digest }: NodeSet): Asked => ({ digest, selector: [] });

let clock: ManualClock;
let nodes: NodeSet;
let selectors: Map<LoadBalancerKey, readonly string[]>;
let served: LoadBalancerKey[];
let queued: string[];
let mark: string | undefined;
let markFails: boolean;
let marks: string[];
let reached: string[];
let metrics: MetricsRegistry;
let epochs: NodeEpochs;

beforeEach(() => {
  clock = new ManualClock();
  nodes = setOf('n1', 'n2');
  served = [key('a'), key('b')];
  selectors = new Map();
  queued = [];
  mark = undefined;
  markFails = false;
  marks = [];
  reached = [];
  metrics = new MetricsRegistry();
  metrics.declare(metricTable);
  epochs = new NodeEpochs({
    clock,
    log: silentLog,
    metrics,
    debounceMs: 1_000,
    checkpoint: (name) => void reached.push(name),
    mark: {
      read: () => mark,
      write: (value) => {
        if (markFails) return Promise.reject(new Error('no Lease'));
        mark = value;
        marks.push(value);
        return Promise.resolve();
      },
    },
    nodeSet: () => nodes,
    servedKeys: () => served,
    selectorOf: (each) => selectors.get(each) ?? [],
    enqueue: (keys) => queued.push(...keys),
  });
});

describe('node epochs', () => {
  it('ask of every load balancer at start, unless the mark names the present node set', async () => {
    epochs.start();
    expect([epochs.isPending(key('a')), epochs.pending]).toEqual([true, 2]);
    epochs.done(key('a'), all(nodes));
    epochs.done(key('b'), all(nodes));
    await clock.advanceAsync(0);
    expect(mark).toBe(nodes.digest);

    const restarted = new NodeEpochs({
      clock,
      log: silentLog,
      metrics,
      debounceMs: 1,
      checkpoint: () => {},
      mark: { read: () => nodes.digest, write: () => Promise.reject(new Error('must not be written')) },
      nodeSet: () => nodes,
      servedKeys: () => served,
      selectorOf: () => [],
      enqueue: () => {},
    });
    restarted.start();
    expect(restarted.pending).toBe(0);
    await restarted.close();
  });

  it('gather changes into one epoch; the mark is empty from before its first write until after its last key', async () => {
    mark = nodes.digest;
    epochs.start();
    nodes = setOf('n1', 'n2', 'n3');
    epochs.nodesChanged();
    await clock.advanceAsync(600);
    nodes = setOf('n1', 'n3');
    epochs.nodesChanged();
    expect(epochs.current.members).toEqual(setOf('n1', 'n2').members);

    await clock.advanceAsync(400);
    expect(epochs.current.members).toEqual(setOf('n1', 'n3').members);
    expect(marks).toEqual(['']);
    expect(queued).toEqual([key('a'), key('b')]);

    epochs.done(key('a'), all(setOf('n1', 'n2')));
    expect(epochs.pending).toBe(2);
    epochs.done(key('a'), all(nodes));
    epochs.forget(key('b'));
    await clock.advanceAsync(0);
    expect(marks).toEqual(['', nodes.digest]);
    expect(reached).toEqual(['epoch/before', 'epoch/after', 'epoch/before', 'epoch/after']);
  });

  it('begin nothing where members are the same', async () => {
    mark = nodes.digest;
    epochs.start();
    epochs.nodesChanged();
    await clock.advanceAsync(1_000);
    expect(marks).toEqual([]);
    expect(queued).toEqual([]);
  });

  it('set the mark at once where nobody is served', async () => {
    served = [];
    epochs.start();
    await clock.advanceAsync(0);
    nodes = setOf('n9');
    epochs.nodesChanged();
    await clock.advanceAsync(1_000);
    expect(mark).toBe(nodes.digest);
  });

  it('do not begin while the mark cannot be emptied, and try again', async () => {
    mark = nodes.digest;
    epochs.start();
    markFails = true;
    nodes = setOf('n9');
    epochs.nodesChanged();
    await clock.advanceAsync(1_000);
    expect(epochs.current.members).toEqual(setOf('n1', 'n2').members);
    expect(queued).toEqual([]);

    markFails = false;
    await clock.advanceAsync(5_000);
    expect(epochs.current.members).toEqual(nodes.members);
    expect(queued).toHaveLength(2);
  });

  it('do not set a mark that is not true any more', async () => {
    mark = nodes.digest;
    epochs.start();
    nodes = setOf('n3');
    epochs.nodesChanged();
    await clock.advanceAsync(1_000);
    markFails = true;
    for (const each of served) epochs.done(each, all(nodes));
    await clock.advanceAsync(0);
    markFails = false;
    const before = nodes.digest;
    nodes = setOf('n4');
    epochs.nodesChanged();
    await clock.advanceAsync(6_000);

    expect(mark).toBe('');
    expect(marks).not.toContain(before);
    expect(epochs.pending).toBe(2);
  });

  it('measure each load balancer from its first change of members to its last', async () => {
    const measured = async (what: 'sum' | 'count') => {
      const series = `service_controller_update_loadbalancer_host_latency_seconds_${what} `;
      return Number(
        (await metrics.text())
          .split('\n')
          .find((line) => line.startsWith(series))
          ?.slice(series.length),
      );
    };
    epochs.start();
    for (const each of served) epochs.done(each, all(nodes));
    const before = all(nodes);
    nodes = setOf('n3');
    epochs.nodesChanged();
    await clock.advanceAsync(1_000);
    const now = clock.monotonic();
    epochs.changing(key('a'), before, now - 500);
    epochs.changing(key('a'), all(nodes), now);
    epochs.changing(key('a'), all(nodes), now + 2_000);
    epochs.changing(key('new'), all(nodes), now);
    await clock.advanceAsync(3_000);
    for (const each of [...served, key('new')]) epochs.done(each, all(nodes));

    expect([await measured('count'), await measured('sum')]).toEqual([1, 3]);
  });

  it('are over when closed', async () => {
    expect(() => epochs.current).toThrow(TypeError);
    epochs.start();
    epochs.nodesChanged();
    await epochs.close();
    nodes = setOf('n5');
    epochs.nodesChanged();
    await clock.advanceAsync(5_000);
    expect(epochs.current.members).toEqual(setOf('n1', 'n2').members);
  });
});

describe('labels of nodes', () => {
  const edge = ['pool=edge'];
  const labelled = (...names: string[]): NodeSet =>
    new MemberSets().of(['n1', 'n2'].map((name) => aNode(name, { labels: names.includes(name) ? { pool: 'edge' } : {} })));

  beforeEach(() => {
    nodes = labelled('n1');
    mark = nodes.digest;
    selectors.set(key('a'), edge);
    epochs.start();
  });

  it('wake those that choose other nodes with them, and begin no epoch', async () => {
    nodes = labelled('n1', 'n2');
    epochs.labelsChanged();
    await clock.advanceAsync(1_000);

    expect(queued).toEqual([key('a')]);
    expect(epochs.pending).toBe(1);
    epochs.done(key('a'), { digest: labelled('n1').select(edge).digest, selector: edge });
    expect(epochs.pending).toBe(1);
    epochs.done(key('a'), { digest: nodes.select(edge).digest, selector: edge });
    await clock.advanceAsync(0);
    expect(epochs.pending).toBe(0);
    expect(marks).toEqual([]);
  });

  it('wake nobody who chooses as before', async () => {
    nodes = new MemberSets().of([aNode('n1', { labels: { pool: 'edge', other: 'x' } }), aNode('n2')]);
    epochs.labelsChanged();
    await clock.advanceAsync(1_000);

    expect(queued).toEqual([]);
    expect(epochs.current.labelsOf('n1')).toEqual({ pool: 'edge', other: 'x' });
  });

  it('take no node out that is to go with the next epoch, and put none in', async () => {
    nodes = new MemberSets().of([aNode('n1', { labels: { pool: 'edge' }, deleting: true }), aNode('n3', { labels: { pool: 'edge' } })]);
    epochs.labelsChanged();
    await clock.advanceAsync(1_000);

    expect(epochs.current.select(edge).members.map(({ node }) => node)).toEqual(['n1']);
    expect(queued).toEqual([]);
  });

  it('come with an epoch that nodes begin at the same time', async () => {
    nodes = new MemberSets().of([aNode('n1'), aNode('n3', { labels: { pool: 'edge' } })]);
    epochs.labelsChanged();
    epochs.nodesChanged();
    await clock.advanceAsync(1_000);

    expect(epochs.current.select(edge).members.map(({ node }) => node)).toEqual(['n3']);
    expect(queued).toEqual(served);
    expect(marks).toEqual(['']);
  });

  it('are seen where a change of a node that matters to members makes no difference to them', async () => {
    nodes = labelled('n2');
    epochs.nodesChanged();
    await clock.advanceAsync(1_000);

    expect(queued).toEqual([key('a')]);
    expect(marks).toEqual([]);
  });
});

describe('a change of a node', () => {
  const node: NodeView = { name: 'n', uid: 'u', labels: {}, taintKeys: [], deleting: false, addresses: [] };
  const excluded = { 'node.kubernetes.io/exclude-from-external-load-balancers': '' };

  it.each([
    ['appears', {}, node, true],
    ['goes', node, undefined, true],
    ['gets the exclude label', node, { ...node, labels: excluded }, true],
    ['gets another provider id', node, { ...node, providerId: 'x' }, true],
    ['moves to another zone', node, { ...node, zone: 'z' }, true],
    ['is tainted by the autoscaler', node, { ...node, taintKeys: ['ToBeDeletedByClusterAutoscaler'] }, false],
    ['is not tainted by the autoscaler any more', { ...node, taintKeys: ['ToBeDeletedByClusterAutoscaler'] }, node, true],
    [
      'is not tainted any more, but excluded',
      { ...node, taintKeys: ['ToBeDeletedByClusterAutoscaler'], labels: excluded },
      { ...node, labels: excluded },
      false,
    ],
    ['is being deleted', node, { ...node, deleting: true }, false],
    ['gets a label nobody reads', node, { ...node, labels: { a: 'b' } }, false],
  ] as const)('that %s', (_what, old, now, begins) => {
    expect(beginsEpoch({ ...('name' in old ? { old } : {}), ...(now === undefined ? {} : { new: now }) })).toBe(begins);
  });

  it('is one of labels where they differ on the same node', () => {
    const other = { ...node, labels: { a: 'b' } };
    expect([relabels({ old: node, new: other }), relabels({ old: other, new: { ...other, zone: 'z' } })]).toEqual([true, false]);
    expect([relabels({ new: other }), relabels({ old: other })]).toEqual([false, false]);
  });
});
