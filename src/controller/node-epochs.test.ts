import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../clock.ts';
import { silentLog } from '../log.ts';
import { MetricsRegistry } from '../metrics.ts';
import { digestOf } from '../model/digest.ts';
import { serviceLoadBalancer, serviceUid, type LoadBalancerKey } from '../model/ids.ts';
import type { NodeView } from '../model/service-view.ts';
import { metricTable } from './metric-table.ts';
import { NodeEpochs, type NodeSet } from './node-epochs.ts';
import { beginsEpoch } from './node-trigger.ts';

const key = (uid: string) => serviceLoadBalancer(serviceUid(uid));
const setOf = (...names: string[]): NodeSet => {
  const members = names.map((node) => ({ node, addresses: {} }));
  return { members, digest: digestOf(members) };
};

let clock: ManualClock;
let nodes: NodeSet;
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
    enqueue: (keys) => queued.push(...keys),
  });
});

describe('node epochs', () => {
  it('ask of every load balancer at start, unless the mark names the present node set', async () => {
    epochs.start();
    expect([epochs.isPending(key('a')), epochs.pending]).toEqual([true, 2]);
    epochs.done(key('a'), nodes.digest);
    epochs.done(key('b'), nodes.digest);
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
    expect(epochs.current).toEqual(setOf('n1', 'n2'));

    await clock.advanceAsync(400);
    expect(epochs.current).toEqual(setOf('n1', 'n3'));
    expect(marks).toEqual(['']);
    expect(queued).toEqual([key('a'), key('b')]);

    epochs.done(key('a'), setOf('n1', 'n2').digest);
    expect(epochs.pending).toBe(2);
    epochs.done(key('a'), nodes.digest);
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
    expect(epochs.current).toEqual(setOf('n1', 'n2'));
    expect(queued).toEqual([]);

    markFails = false;
    await clock.advanceAsync(5_000);
    expect(epochs.current).toEqual(nodes);
    expect(queued).toHaveLength(2);
  });

  it('do not set a mark that is not true any more', async () => {
    mark = nodes.digest;
    epochs.start();
    nodes = setOf('n3');
    epochs.nodesChanged();
    await clock.advanceAsync(1_000);
    markFails = true;
    for (const each of served) epochs.done(each, nodes.digest);
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
    for (const each of served) epochs.done(each, nodes.digest);
    const before = nodes.digest;
    nodes = setOf('n3');
    epochs.nodesChanged();
    await clock.advanceAsync(1_000);
    const now = clock.monotonic();
    epochs.changing(key('a'), before, now - 500);
    epochs.changing(key('a'), nodes.digest, now);
    epochs.changing(key('a'), nodes.digest, now + 2_000);
    epochs.changing(key('new'), nodes.digest, now);
    await clock.advanceAsync(3_000);
    for (const each of [...served, key('new')]) epochs.done(each, nodes.digest);

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
    expect(epochs.current).toEqual(setOf('n1', 'n2'));
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
});
