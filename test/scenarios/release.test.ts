import { afterEach, describe, expect, it } from 'vitest';
import { LbError } from '../../src/errors.ts';
import type { Checkpoint } from '../../src/model/checkpoint.ts';
import type { AnyProviderDefinition } from '../../src/provider.ts';
import { MemoryCloud } from '../fixtures/memory-cloud.ts';
import { memoryProvider } from '../fixtures/memory-provider.ts';
import { ground } from './ground.ts';
import { cloudWrites, toyWorld } from './toy-world.ts';
import type { World } from './world.ts';

let world: World;
let cloud: MemoryCloud;
const wish = { 'portolan.dev/release': 'true' };
const ours = () => cloud.balancers.filter(({ marks }) => Object.keys(marks).length > 0);
const open = async (options: Parameters<typeof toyWorld>[0] = {}) => {
  ({ world, cloud } = await toyWorld(options));
  await world.start();
};
const served = async (options: Parameters<typeof toyWorld>[0] = {}) => {
  await open(options);
  await world.createService('web');
  await world.rest();
  cloud.calls.length = 0;
  world.api.clearLog();
};
const quiet = () => {
  cloud.calls.length = 0;
  world.api.clearLog();
};
/** Released and done: it serves on, is nobody's, and the Service says so. */
const expectReleased = (address = '192.0.2.1') => {
  expect(cloud.balancers.map((balancer) => balancer.address)).toEqual([address]);
  expect(cloud.balancers[0]?.listeners).toMatchObject({ 'TCP/80': expect.any(Number) as number });
  expect(ours()).toEqual([]);
  expect(world.service('web')?.finalizers).toEqual([]);
  expect(world.addresses('web')).toEqual([address]);
  expect(world.conditions('web')).toEqual({ Accepted: 'False Released' });
};
afterEach(() => world?.stop());

it('takes the marks off, keeps the address and lets the Service go, with one step and two patches', async () => {
  await served();
  await world.annotate('web', wish);
  await world.rest();

  expectReleased();
  expect(cloudWrites(cloud)).toEqual(['unmark']);
  expect(world.writes().slice(1)).toEqual([
    'PATCH /api/v1/namespaces/default/services/web/status',
    'PATCH /api/v1/namespaces/default/services/web/status',
  ]);
  await world.rest(2_000);
  expect(world.events('web').at(-1)).toBe('Released');
  expect(world.events('web')).not.toContain('DeletingLoadBalancer');
});

it('says on the Service that it was released, and what brings it back', async () => {
  await served();
  await world.annotate('web', wish);
  await world.rest();
  expect(world.message('web', 'portolan.dev/Accepted')).toBe(
    'Released: what serves it was left as it stands, and is not looked after here any more. Remove the annotation portolan.dev/release to have a new load balancer made for the Service.',
  );
});

it('leaves a released Service alone whatever happens to it: no call and no write, after a restart too', async () => {
  await served();
  await world.annotate('web', wish);
  await world.rest(1_000);
  const everything = async () => {
    quiet();
    await world.patchService('web', { spec: { ports: [{ port: 81, protocol: 'TCP' }] } });
    await world.patchService('web', { status: { loadBalancer: { ingress: [{ ip: '203.0.113.9' }] } } }, '/status');
    await world.addNodes(`n${Math.trunc(world.clock.now())}`);
    await world.rest(1_300_000);
    expect(cloud.calls).toEqual([]);
    expect(world.writes()).toHaveLength(3);
  };
  await everything();
  await world.restart();
  await everything();
  await world.deleteService('web');
  await world.rest(60_000);
  expect(cloud.balancers).toHaveLength(1);
  expect(cloudWrites(cloud)).toEqual([]);
});

it('does not claim a Service that is released from its first moment', async () => {
  await open();
  quiet();
  await world.createService('web', {}, wish);
  await world.rest(5_000);
  expect(cloud.calls).toEqual([]);
  expect(world.writes()).toHaveLength(1);
  expect(world.conditions('web')).toEqual({});
});

it('makes a new load balancer when the annotation is taken off, beside the one that was left', async () => {
  await served();
  await world.annotate('web', wish);
  await world.rest();
  await world.annotate('web', { 'portolan.dev/release': null });
  await world.rest();

  expect(cloud.balancers.map(({ address, marks }) => [address, Object.keys(marks).length > 0])).toEqual([
    ['192.0.2.1', false],
    ['192.0.2.2', true],
  ]);
  expect(world.addresses('web')).toEqual(['192.0.2.2']);
  expect(world.conditions('web')).toMatchObject({ Accepted: 'True Accepted', Programmed: 'True Programmed', Applied: 'True Applied' });
});

it.each(['false', 'yes', ''])('refuses the value %j, and what is served stays', async (value) => {
  await served();
  await world.annotate('web', { 'portolan.dev/release': value });
  await world.rest();
  expect(world.conditions('web')).toMatchObject({ Accepted: 'False InvalidSetting' });
  expect(world.message('web', 'portolan.dev/Accepted')).toContain(`portolan.dev/release: ${JSON.stringify(value)} is not "true".`);
  expect(cloudWrites(cloud)).toEqual([]);
  expect(ours()).toHaveLength(1);
});

it('clears what was said of a refused Service that never had a load balancer', async () => {
  await open();
  await world.createService('web', {}, { 'portolan.dev/memory-flavour': 'forbidden' });
  await world.rest();
  await world.annotate('web', wish);
  await world.rest();
  expect(world.conditions('web')).toEqual({ Accepted: 'False Released' });
  expect(cloudWrites(cloud)).toEqual([]);
});

describe('a Service in another state', () => {
  it('that is being deleted goes, and its load balancer stays', async () => {
    await served();
    cloud.plan('delete', new LbError('PermissionDenied', 'may not delete'));
    await world.deleteService('web');
    await world.rest();
    expect(world.service('web')).toBeDefined();
    await world.annotate('web', wish);
    await world.rest();
    expect(world.service('web')).toBeUndefined();
    expect(cloud.balancers).toHaveLength(1);
    expect(ours()).toEqual([]);
  });

  it('that is deleted while it is released keeps what serves it', async () => {
    await served();
    cloud.plan('unmark', 'error-before');
    await world.annotate('web', wish);
    await world.rest();
    await world.deleteService('web');
    await world.rest(20_000);
    expect(world.service('web')).toBeUndefined();
    expect(cloud.balancers).toHaveLength(1);
    expect(ours()).toEqual([]);
  });

  it('that lost its type and is released in one go keeps what serves it', async () => {
    await served();
    await world.patchService('web', { metadata: { annotations: wish }, spec: { type: 'ClusterIP' } });
    await world.rest();
    expect(cloud.balancers).toHaveLength(1);
    expect(ours()).toEqual([]);
    expect(world.service('web')?.finalizers).toEqual([]);
    expect(world.conditions('web')).toEqual({});
  });

  it('whose finalizer somebody took off is released all the same', async () => {
    await served();
    await world.stop();
    await world.patchService('web', { metadata: { finalizers: null, annotations: wish } });
    await world.start();
    expectReleased();
  });

  it('is not released of what it had while its class is not configured', async () => {
    await served();
    await world.stop();
    world.renameClasses('renamed');
    await world.annotate('web', wish);
    quiet();
    await world.start();
    await world.rest(5_000);
    expect(world.writes()).toEqual([]);
    expect(ours()).toHaveLength(1);
  });
});

it('waits for a provider that does not run, says so, and goes on when it starts', async () => {
  const clock = ground.clock();
  const toy = new MemoryCloud(clock);
  const definition: AnyProviderDefinition = memoryProvider(toy);
  let away = false;
  const start = () => (away ? Promise.reject(new LbError('CloudUnavailable', 'the cloud is away')) : Promise.resolve());
  const sometimes: AnyProviderDefinition = {
    ...definition,
    create: (connection, host) => ({ ...definition.create(connection, host), start }),
  };
  await served({ clock, providers: { toy: sometimes } });
  cloud = toy;
  await world.stop();
  away = true;
  await world.annotate('web', wish);
  await world.start();
  await world.rest(3_000);
  expect(world.service('web')?.finalizers).toEqual(['portolan.dev/lb.toy']);
  expect(world.message('web', 'portolan.dev/Degraded')).toContain('the cloud is away');
  expect(ours()).toHaveLength(1);

  away = false;
  await world.rest(60_000);
  expectReleased();
});

describe('in doubt', () => {
  it('also releases what turns up late, before it lets the Service go', async () => {
    await open();
    cloud.plan('create', 'late');
    await world.createService('web');
    await world.rest();
    await world.annotate('web', wish);
    await world.rest(1_000);
    expect(world.service('web')?.finalizers).toEqual(['portolan.dev/lb.toy']);

    await world.rest(60_000);
    expect(cloud.balancers).toHaveLength(1);
    expect(ours()).toEqual([]);
    expect(world.service('web')?.finalizers).toEqual([]);
  });

  it('repeats an unmarking whose reply was lost', async () => {
    await served();
    cloud.plan('unmark', 'lost-reply');
    await world.annotate('web', wish);
    await world.rest(60_000);
    expectReleased();
    expect(cloudWrites(cloud)).toEqual(['unmark']);
  });

  it('goes back to serving the same load balancer where the wish is taken back before anything was done', async () => {
    await served();
    cloud.plan('unmark', 'error-before');
    await world.annotate('web', wish);
    await world.rest();
    await world.annotate('web', { 'portolan.dev/release': null });
    await world.rest(10_000);
    expect(cloud.balancers).toHaveLength(1);
    expect(ours()).toHaveLength(1);
    expect(world.conditions('web')).toMatchObject({ Programmed: 'True Programmed', Applied: 'True Applied' });
  });
});

describe('a crash', () => {
  const points: readonly Checkpoint[] = ['begin/before', 'begin/after', 'step/before', 'step/after', 'finalizer/before', 'finalizer/after'];
  it.each(points)('at %s loses nothing, and the next run ends it', async (point) => {
    const crash = { at: undefined as Checkpoint | undefined, hits: 0 };
    await served({
      checkpoint: (reached) => {
        if (reached !== crash.at) return;
        crash.hits++;
        throw new LbError('Stopping', 'the process dies here');
      },
    });
    crash.at = point;
    await world.annotate('web', wish);
    await world.rest();
    expect(crash.hits).toBeGreaterThan(0);
    await world.stop();
    crash.at = undefined;
    expect(cloud.balancers).toHaveLength(1);

    await world.start();
    await world.rest(60_000);
    expectReleased();
  });
});

it('what was refused, and is released while no controller runs, says nothing else any more', async () => {
  await open();
  await world.createService('web', {}, { 'portolan.dev/scheme': 'sideways' });
  await world.rest(1_000);
  expect(world.conditions('web')).toMatchObject({ Accepted: 'False InvalidSetting' });
  await world.stop();
  await world.annotate('web', wish);
  await world.start();
  await world.rest(60_000);

  expect(world.conditions('web')).toEqual({ Accepted: 'False Released' });
});
