import { afterEach, expect, it } from 'vitest';
import type { MemoryCloud } from '../fixtures/memory-cloud.ts';
import { toyWorld } from './toy-world.ts';
import type { World } from './world.ts';

let world: World;
let cloud: MemoryCloud;
const open = async (options: Parameters<typeof toyWorld>[0] = {}) => {
  ({ world, cloud } = await toyWorld(options));
  await world.start();
  world.api.clearLog();
  cloud.calls.length = 0;
};
afterEach(() => world?.stop());

it('gives a new Service an address in two patches, says so, and never wakes itself', async () => {
  await open();
  await world.createService('web');
  await world.rest();

  expect(world.addresses('web')).toEqual(['192.0.2.1']);
  expect(world.conditions('web')).toEqual({
    Accepted: 'True Accepted',
    Programmed: 'True Programmed',
    Degraded: 'False AsExpected',
    Applied: 'True Applied',
  });
  expect(world.service('web')?.finalizers).toEqual(['portolan.dev/lb.toy']);
  expect(world.writes()).toEqual([
    'POST /api/v1/namespaces/default/services',
    'PATCH /api/v1/namespaces/default/services/web/status',
    'PATCH /api/v1/namespaces/default/services/web/status',
  ]);
  expect(world.events('web')).toEqual(['EnsuringLoadBalancer', 'EnsuredLoadBalancer']);
  expect(cloud.calls).toEqual(['read', 'create', 'listener', 'members', 'read']);

  await world.rest(60_000);
  expect(cloud.calls).toHaveLength(5);
  expect(await world.metrics.text()).toContain('workqueue_adds_total{name="service"} 1');
});

it('keeps the address through every edit of ports, and forgets nothing of the old ones', async () => {
  await open();
  await world.createService('web');
  await world.rest();
  await world.patchService('web', {
    spec: {
      ports: [
        { name: 'http', port: 8080 },
        { name: 'dns', port: 53, protocol: 'UDP' },
        { name: 'dns-tcp', port: 53 },
      ],
    },
  });
  await world.rest();

  expect(world.addresses('web')).toEqual(['192.0.2.1']);
  expect(Object.keys(cloud.balancers[0]?.listeners ?? {})).toEqual(['TCP/8080', 'UDP/53', 'TCP/53']);
  expect(world.service('web')?.ingress[0]?.ports).toHaveLength(3);
});

it('reacts to nothing that does not concern it', async () => {
  await open();
  await world.createService('web');
  await world.rest();
  cloud.calls.length = 0;
  world.api.clearLog();
  await world.patchService('web', {
    metadata: { labels: { a: 'b' }, annotations: { 'example.com/note': 'x' } },
    spec: { selector: { app: 'other' }, publishNotReadyAddresses: true },
  });
  await world.rest(5_000);

  expect(cloud.calls).toEqual([]);
  expect(world.writes()).toHaveLength(1);
});

it('takes everything away before it lets a deleted Service go', async () => {
  await open();
  await world.createService('web');
  await world.rest();
  cloud.plan('delete', 'error-before');
  await world.deleteService('web');
  await world.rest();
  expect(world.service('web')?.finalizers).toEqual(['portolan.dev/lb.toy']);
  expect(world.conditions('web')).toMatchObject({ Programmed: 'False CloudUnavailable', Applied: 'False Applying' });

  await world.rest(5_000);
  expect(world.service('web')).toBeUndefined();
  expect(cloud.balancers).toEqual([]);
  expect(world.events('web').slice(2)).toEqual(['DeletingLoadBalancer', 'SyncLoadBalancerFailed', 'DeletedLoadBalancer']);
});

it('takes it away on a type change, cleans its marks off the Service, and serves again on the way back', async () => {
  await open();
  await world.createService('web');
  await world.rest();
  await world.patchService('web', { spec: { type: 'ClusterIP' } });
  await world.rest();
  expect(cloud.balancers).toEqual([]);
  expect(world.service('web')?.finalizers).toEqual([]);
  expect(world.service('web')?.conditions).toEqual([]);

  await world.patchService('web', { spec: { type: 'LoadBalancer' } });
  await world.rest();
  expect(world.addresses('web')).toEqual(['192.0.2.2']);
});

it('cleans up in memory where a user took the finalizer off and deleted the Service', async () => {
  await open();
  await world.createService('web');
  await world.rest();
  await world.patchService('web', { metadata: { finalizers: null } });
  await world.deleteService('web');
  await world.rest();
  expect(world.service('web')).toBeUndefined();
  expect(cloud.balancers).toEqual([]);
});

it('puts its finalizer back where somebody takes it off', async () => {
  await open();
  await world.createService('web');
  await world.rest();
  await world.patchService('web', { metadata: { finalizers: null } });
  await world.patchService('web', { spec: { ports: [{ port: 81 }] } });
  await world.rest();
  expect(world.service('web')?.finalizers).toEqual(['portolan.dev/lb.toy']);
});

it('keeps serving, and puts its finalizer back, where that is taken off a Service that is refused', async () => {
  await open();
  await world.createService('web');
  await world.rest();
  await world.annotate('web', { 'portolan.dev/scheme': 'sideways' });
  await world.rest();
  await world.patchService('web', { metadata: { finalizers: null } });
  await world.addNodes('n3');
  await world.rest(1_100);
  expect(world.service('web')?.finalizers).toEqual(['portolan.dev/lb.toy']);
  expect(cloud.balancers[0]?.members).toBe('n1,n2,n3');
});

it('never touches a Service of another class, and leaves foreign finalizers and conditions alone', async () => {
  await open();
  await world.createService('other', { loadBalancerClass: 'example.com/internal-vip' });
  await world.createService('cluster', { type: 'ClusterIP' });
  await world.rest();
  expect(cloud.calls).toEqual([]);
  expect(world.writes().filter((write) => write.startsWith('PATCH'))).toEqual([]);
  expect(world.events('other')).toEqual([]);

  await world.createService('web');
  await world.rest();
  await world.patchService('web', { metadata: { finalizers: ['example.com/keep', 'portolan.dev/lb.toy'] } });
  await world.call(
    'PATCH',
    '/api/v1/namespaces/default/services/web/status',
    {
      status: {
        conditions: [{ type: 'example.com/Mine', status: 'True', reason: 'R', message: 'm', lastTransitionTime: '2026-01-01T00:00:00Z' }],
      },
    },
    { 'content-type': 'application/strategic-merge-patch+json' },
  );
  await world.deleteService('web');
  await world.rest();
  const left = world.service('web');
  expect(left?.finalizers).toEqual(['example.com/keep']);
  expect(left?.conditions.map(({ type }) => type)).toEqual(['example.com/Mine']);
  expect(left?.ingress).toEqual([]);
  expect(cloud.balancers).toEqual([]);
});

it('refuses a classless Service that another controller holds, and takes it when it is let go', async () => {
  await open();
  await world.call('POST', '/api/v1/namespaces/default/services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', finalizers: ['service.kubernetes.io/load-balancer-cleanup'] },
    spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
  });
  await world.rest();
  expect(world.conditions('web')).toMatchObject({ Accepted: 'False HeldByOther' });
  expect(cloud.calls).toEqual([]);

  await world.patchService('web', { metadata: { finalizers: null } });
  await world.rest();
  expect(world.conditions('web')).toMatchObject({ Accepted: 'True Accepted', Programmed: 'True Programmed' });
});

it('refuses a bad Service with cause and remedy, and serves it as soon as it is right', async () => {
  await open();
  await world.createService('web', {}, { 'portolan.dev/schem': 'internal' });
  await world.rest();
  expect(world.conditions('web')).toMatchObject({ Accepted: 'False UnknownSetting' });
  expect(world.message('web', 'portolan.dev/Accepted')).toContain('portolan.dev/scheme');
  expect(world.service('web')?.finalizers).toEqual([]);
  expect(cloud.calls).toEqual([]);
  expect(world.events('web')).toEqual(['UnknownSetting']);

  await world.annotate('web', { 'portolan.dev/schem': null, 'portolan.dev/scheme': 'internal' });
  await world.rest();
  expect(world.conditions('web')).toMatchObject({ Accepted: 'True Accepted', Programmed: 'True Programmed' });
  expect(world.addresses('web')).toEqual(['10.9.9.1']);
});

it('freezes what is served while an edit is refused: members follow, nothing else moves', async () => {
  await open();
  await world.createService('web');
  await world.rest();
  await world.patchService('web', { metadata: { annotations: { 'portolan.dev/scheme': 'sideways' } }, spec: { ports: [{ port: 81 }] } });
  await world.rest();
  expect(world.conditions('web')).toMatchObject({
    Accepted: 'False InvalidSetting',
    Programmed: 'False InvalidSetting',
    Applied: 'True Applied',
  });
  expect(cloud.balancers[0]).toMatchObject({ scheme: 'public', members: 'n1,n2' });
  expect(Object.keys(cloud.balancers[0]?.listeners ?? {})).toEqual(['TCP/80']);
  expect(world.addresses('web')).toEqual(['192.0.2.1']);

  await world.addNodes('n3');
  await world.rest(1_000);
  expect(cloud.balancers[0]?.members).toBe('n1,n2,n3');

  await world.deleteService('web');
  await world.rest();
  expect(cloud.balancers).toEqual([]);
  expect(world.service('web')).toBeUndefined();
});

it('says that work is going on only when it takes longer than two seconds', async () => {
  await open();
  cloud.plan('listener', 'error-before');
  await world.createService('slow');
  await world.rest();
  expect(world.conditions('slow')).toMatchObject({ Programmed: 'False CloudUnavailable', Applied: 'False Applying' });
  expect(world.addresses('slow')).toEqual(['192.0.2.1']);

  await world.rest(5_000);
  expect(world.conditions('slow')).toMatchObject({ Programmed: 'True Programmed', Applied: 'True Applied' });
});
