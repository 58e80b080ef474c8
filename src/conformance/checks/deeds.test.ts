import { beforeEach, describe, expect, it } from 'vitest';
import type { LoadBalancerKey } from '../../model/ids.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Deed } from '../case.ts';
import type { Rig, Snapshot } from '../rig.ts';
import { Trace } from '../trace.ts';
import { order, patches } from './deeds.ts';

const key = 'service/u1' as LoadBalancerKey; // as serviceLoadBalancer makes it
const statusPath = '/api/v1/namespaces/default/services/web/status?fieldManager=x';
let trace: Trace;
let rig: Rig;
beforeEach(() => {
  trace = new Trace();
  const cluster = { view: () => ({ uid: 'u1' }) };
  rig = { trace, cluster: () => cluster, snapshots: new Map() } as unknown as Rig; // only what is looked at
});

const write = (path: string, body: JsonObject, method = 'PATCH', status = 200) =>
  trace.add({ kind: 'api', install: 'a', at: 0, method, path, body: JSON.stringify(body), status });
const call = (verb: 'observe' | 'apply', of = key) => trace.add({ kind: 'call', install: 'a', at: 0, verb, key: of, ended: true });
const event = (reason: string, name = 'web') =>
  write('/api/v1/namespaces/default/events', { reason, involvedObject: { name } }, 'POST', 201);
const seen = (...of: Deed[]) => order(rig, { check: 'order', service: 'web', of });

describe('the order of what was done', () => {
  it('is read from patches, calls and events', () => {
    write(statusPath, { metadata: { finalizers: ['f'] } });
    call('observe');
    call('apply');
    call('apply');
    event('Done');
    write(statusPath, { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } });
    call('observe');
    write(statusPath, {
      metadata: { '$deleteFromPrimitiveList/finalizers': ['f'] },
      status: { loadBalancer: { ingress: null } },
    });

    expect(seen('finalizer-on', 'observe', 'apply', { event: 'Done' }, 'address-on', 'address-off', 'finalizer-off')).toBeUndefined();
  });

  it('is wrong where one thing came before the last of another', () => {
    call('apply');
    write(statusPath, { metadata: { finalizers: ['f'] } });
    call('apply');

    expect(seen('finalizer-on', 'apply')).toContain('apply is too early');
    expect(seen('apply', 'finalizer-on')).toContain('finalizer-on is too early');
  });

  it('knows nothing of what was refused, is about others, or was before', () => {
    write(statusPath, { metadata: { finalizers: ['f'] } }, 'PATCH', 409);
    event('Done', 'shop');
    call('apply', 'service/u2' as LoadBalancerKey); // as above
    expect(seen('finalizer-on')).toContain('no finalizer-on');
    expect(seen({ event: 'Done' })).toContain('no event Done');
    expect(seen('apply')).toContain('no apply');

    call('apply');
    rig.snapshots.set('later', { trace: trace.entries.length } as Snapshot); // only what is looked at
    expect(order(rig, { check: 'order', service: 'web', since: 'later', of: ['apply'] })).toContain('no apply');
  });
});

describe('how a Service is written', () => {
  const written = (without: readonly string[] = [], atLeast = 0) => patches(rig, { check: 'patches', service: 'web', without, atLeast });

  it('is by patches of its status that hold nothing else', () => {
    write(statusPath, { metadata: { finalizers: ['f'] } });
    write('/api/v1/namespaces/default/services/web2/status', { spec: {} });

    expect(written(['/spec', '/metadata/resourceVersion'], 1)).toBeUndefined();
    expect(written([], 2)).toBe('there were 1 patches');
    expect(written(['/metadata/finalizers'])).toContain('a patch holds /metadata/finalizers');
  });

  it('is seen where it is another kind of write', () => {
    write('/api/v1/namespaces/default/services/web', { spec: {} });
    expect(written()).toContain('there was a PATCH');
  });

  it('is seen where the whole status is put', () => {
    write(statusPath, {}, 'PUT');
    expect(written()).toContain('there was a PUT');
  });
});
