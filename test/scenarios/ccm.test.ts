import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ccmClass, ccmConduct } from '../../src/commands/ccm/ccm-class.ts';
import { providerName } from '../../src/model/ids.ts';
import { sharedFinalizer } from '../../src/model/load-balancer-class.ts';
import type { MemoryCloud } from '../fixtures/memory-cloud.ts';
import { cloudWrites, toyWorld } from './toy-world.ts';
import type { World } from './world.ts';

let world: World;
let cloud: MemoryCloud;
const open = async (conditions = false) => {
  ({ world, cloud } = await toyWorld({ classes: [ccmClass(providerName('toy'), {})], conduct: ccmConduct(conditions), settleMs: 0 }));
  world.config = { ...world.config, driftCheckMs: 0 };
  await world.start();
  world.api.clearLog();
};
beforeEach(() => open());
afterEach(() => world.stop());

describe('as a cloud-controller-manager', () => {
  it('makes a load balancer in two patches and says what upstream says, in its order', async () => {
    await world.createService('web');
    await world.rest(1_000);

    expect(world.addresses('web')).toEqual(['192.0.2.1']);
    expect(world.service('web')?.finalizers).toEqual([sharedFinalizer]);
    expect(world.writes().filter((write) => write.startsWith('PATCH'))).toHaveLength(2);
    expect(world.events('web')).toEqual(['EnsuringLoadBalancer', 'EnsuredLoadBalancer']);
    const sources = world.api.list('', 'v1', 'events').map((event) => (event as { source?: { component?: string } }).source?.component); // written by ourselves
    expect(new Set(sources)).toEqual(new Set(['service-controller']));
  });

  it('follows nodes, edits and the type, and takes everything away in the end', async () => {
    await world.createService('web');
    await world.rest(1_000);
    await world.addNodes('n3');
    await world.rest(3_000);
    expect(world.events('web')).toEqual(['EnsuringLoadBalancer', 'EnsuredLoadBalancer', 'UpdatedLoadBalancer']);

    await world.patchService('web', { spec: { ports: [{ port: 81 }] } });
    await world.rest(3_000);
    expect(Object.keys(cloud.balancers[0]?.listeners ?? {})).toEqual(['TCP/81']);

    await world.patchService('web', { spec: { type: 'ClusterIP' } });
    await world.rest(3_000);
    expect(cloud.balancers).toEqual([]);
    expect(world.service('web')).toMatchObject({ finalizers: [], conditions: [] });
    expect(world.events('web').slice(-2)).toEqual(['DeletingLoadBalancer', 'DeletedLoadBalancer']);
  });

  it('takes none that names a class, and none of another install', async () => {
    await world.createService('theirs', { loadBalancerClass: 'example.com/internal-vip' });
    await world.createService('borrowed', { loadBalancerClass: 'example.com/internal-vip' });
    await world.patchService('borrowed', { metadata: { finalizers: [sharedFinalizer] } });
    await world.createService('ours-elsewhere');
    await world.rest(1_000);
    await world.stop();
    await world.patchService('ours-elsewhere', { metadata: { finalizers: ['portolan.dev/lb.kept', sharedFinalizer] } });
    await world.start();
    world.api.clearLog();
    const [before, writes] = [cloudWrites(cloud).length, world.writes().length];
    await world.patchService('ours-elsewhere', { spec: { ports: [{ port: 82 }] } });
    await world.deleteService('borrowed');
    await world.rest(10_000);

    expect(cloudWrites(cloud)).toHaveLength(before);
    expect(world.writes().slice(writes)).toEqual([
      'PATCH /api/v1/namespaces/default/services/ours-elsewhere',
      'DELETE /api/v1/namespaces/default/services/borrowed',
    ]);
    expect(world.service('borrowed')?.finalizers).toEqual([sharedFinalizer]);
  });

  it('leaves the shared finalizer on what another controller served', async () => {
    await world.createService('other', { type: 'NodePort' });
    await world.patchService('other', { metadata: { finalizers: [sharedFinalizer] } });
    await world.rest(10_000);
    await world.deleteService('other');
    await world.rest(10_000);

    expect(world.service('other')?.finalizers).toEqual([sharedFinalizer]);
    expect(world.events('other')).toEqual([]);
  });

  it('takes over what carries our marks, whoever made it, with one patch and no event', async () => {
    await world.createService('web');
    await world.rest(1_000);
    await world.stop();
    await world.patchService('web', { status: { conditions: null } }, '/status');
    const [calls, events] = [cloudWrites(cloud).length, world.events('web').length];
    world.api.clearLog();
    await world.start();
    await world.rest(5_000);

    expect(cloudWrites(cloud)).toHaveLength(calls);
    expect(world.events('web')).toHaveLength(events);
    expect(world.writes()).toEqual(['PATCH /api/v1/namespaces/default/services/web/status']);
    expect(world.addresses('web')).toEqual(['192.0.2.1']);
  });

  it('does and writes nothing at a restart and when idle', async () => {
    await world.createService('web');
    await world.rest(1_000);
    await world.stop();
    world.api.clearLog();
    cloud.calls.length = 0;
    await world.start();
    await world.rest(3_000_000);

    expect(world.writes()).toEqual([]);
    expect(cloud.calls.filter((call) => call !== 'read')).toEqual([]);
    expect(world.events('web')).toEqual(['EnsuringLoadBalancer', 'EnsuredLoadBalancer']);
  });

  it('asks nobody before it changes an address', async () => {
    await world.createService('web');
    await world.rest(1_000);
    await world.annotate('web', { 'portolan.dev/scheme': 'internal' });
    await world.rest(100_000);
    expect(world.addresses('web')).toHaveLength(1);
    expect(world.events('web')).not.toContain('ApprovalNeeded');
    expect(cloud.balancers).toHaveLength(1);
  });
});

describe('what goes wrong', () => {
  it('is said as upstream says it, once per try, without a patch of its own', async () => {
    cloud.plan('create', 'error-before', 'error-before');
    await world.createService('web');
    await world.rest(6_000);
    const failed = world.api.list('', 'v1', 'events').filter((event) => event['reason'] === 'SyncLoadBalancerFailed');

    expect(failed).toHaveLength(1);
    expect(failed[0]).toMatchObject({ type: 'Warning', count: 2 });
    expect(failed[0]?.['message']).toMatch(/^Error syncing load balancer: failed to ensure load balancer: /);
    expect(world.writes().filter((write) => write.startsWith('PATCH'))).toHaveLength(1);
  });

  it('has a condition of its own only where conditions were asked for', async () => {
    await world.createService('web', {}, { 'portolan.dev/schema': 'internal' });
    await world.rest(3_000);
    expect(world.service('web')?.conditions).toEqual([]);
    expect(world.events('web')).toEqual(['SyncLoadBalancerFailed']);
    await world.stop();

    await open(true);
    await world.createService('web', {}, { 'portolan.dev/schema': 'internal' });
    await world.rest(3_000);
    expect(world.conditions('web')['Accepted']).toMatch(/^False /);
  });

  it('names the nodes where members could not be written (contract K12)', async () => {
    await world.createService('web');
    await world.rest(1_000);
    cloud.plan('members', 'error-before');
    await world.addNodes('n3');
    await world.rest(2_000);
    const failed = world.api.list('', 'v1', 'events').find((event) => event['reason'] === 'UpdateLoadBalancerFailed');

    expect(failed?.['message']).toMatch(
      /^Error updating load balancer with new hosts \[n1 n2 n3\] \[node names limited, total number of nodes: 3\], error: /,
    );
  });

  it('warns of a load balancer without nodes (contract B7, K10)', async () => {
    await world.createService('web');
    await world.rest(1_000);
    await world.deleteNode('n1');
    await world.deleteNode('n2');
    await world.rest(3_000);
    expect(world.events('web').slice(2)).toEqual(['UnAvailableLoadBalancer']);
  });
});
