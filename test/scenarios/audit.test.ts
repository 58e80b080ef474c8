import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LbError } from '../../src/errors.ts';
import { providerName } from '../../src/model/ids.ts';
import type { AnyProvider, AnyProviderDefinition } from '../../src/provider.ts';
import { MemoryCloud } from '../fixtures/memory-cloud.ts';
import { memoryProvider } from '../fixtures/memory-provider.ts';
import { auditedWorld, leaseAnnotation, marksFor, metric, minute, plant, strayMarks, things, type Audited } from './audit-world.ts';
import { ground } from './ground.ts';
import { cloudWrites } from './toy-world.ts';
import { World } from './world.ts';

let world: World;
let cloud: MemoryCloud;
let lines: Audited['lines'];
const open = async (...how: Parameters<typeof auditedWorld>) => {
  ({ world, cloud, lines } = await auditedWorld(...how));
};
const serve = async (...names: string[]) => {
  await world.start();
  for (const name of names) await world.createService(name);
  await world.rest();
  cloud.calls.length = 0;
  world.api.clearLog();
};
const ids = () => cloud.balancers.map(({ id }) => id);
const found = () => lines.filter(({ message }) => message === 'stray found').map(({ facts }) => facts['key']);
/** The toy provider, of which some methods do otherwise. */
const toyWith = (toy: MemoryCloud, patch: (inner: AnyProvider) => Partial<AnyProvider>): AnyProviderDefinition => {
  const definition: AnyProviderDefinition = memoryProvider(toy);
  return {
    ...definition,
    create: (connection, host) => {
      const inner = definition.create(connection, host);
      return { ...inner, ...patch(inner) };
    },
  };
};
afterEach(() => world?.stop());

describe('what it sees', () => {
  it('tells owned, stray, doubtful and foreign things apart, and touches none of them without being told to', async () => {
    await open({ deleteStrays: false });
    await serve('web');
    const stray = plant(cloud, strayMarks());
    plant(cloud, marksFor('cluster/elsewhere'));
    plant(cloud, marksFor('cluster/toy'));
    plant(cloud, marksFor('shared/default/group'));
    plant(cloud, marksFor('half a mark'));
    plant(cloud, marksFor('service/x', 'cluster-2'));
    plant(cloud, {});
    const before = ids();
    await world.rest(60 * minute);

    expect(await things(world)).toEqual({ owned: 1, stray: 1, doubt: 3, foreign: 3 });
    expect(ids()).toEqual(before);
    expect(found()).toEqual([stray.marks['portolan.dev/key']]);
    expect(cloudWrites(cloud)).toEqual([]);
    expect(world.writes()).toEqual([]);
  });

  it('costs one inventory per interval, and nothing in between', async () => {
    await open();
    await serve('a', 'b');
    for (let round = 1; round <= 3; round++) {
      await world.rest(10 * minute - 1_000);
      expect(cloud.calls).toHaveLength(round - 1);
      await world.rest(1_000);
      expect(cloud.calls).toEqual(Array.from({ length: round }, () => 'read'));
    }
    expect(world.writes()).toEqual([]);
  });

  it('makes no call where it is off', async () => {
    await open({ intervalMs: 0 });
    await serve('web');
    plant(cloud, strayMarks());
    await world.rest(120 * minute);
    expect(cloud.calls).toEqual([]);
    expect(await things(world)).toEqual({});
  });

  it('knows at the start already, from what the provider has just read', async () => {
    await open();
    plant(cloud, strayMarks());
    await world.start();
    expect(cloud.calls).toEqual(['read']);
    expect(await things(world)).toEqual({ owned: 0, stray: 1, doubt: 0, foreign: 0 });
  });
});

describe('what it deletes', () => {
  it('takes a stray away when it has been one for longer than the grace period, and nothing else', async () => {
    await open();
    await serve('web');
    const { id } = plant(cloud, strayMarks());
    const other = plant(cloud, marksFor('service/x', 'cluster-2'));
    await world.rest(20 * minute);
    expect(ids()).toContain(id);
    await world.rest(10 * minute);

    expect(ids()).toEqual(['lb-1', other.id]);
    expect(cloudWrites(cloud)).toEqual(['delete']);
    expect(await metric(world, 'portolan_strays_deleted_total{provider="toy"}')).toBe(1);
    expect(world.conditions('web')).toMatchObject({ Programmed: 'True Programmed' });
    expect(await things(world)).toEqual({ owned: 1, stray: 0, doubt: 0, foreign: 1 });
    expect(leaseAnnotation(world, 'portolan.dev/strays')).toBeUndefined();
  });

  it('goes by what it may prove: another cluster on the same cloud loses nothing', async () => {
    const clock = ground.clock();
    const shared = new MemoryCloud(clock);
    await open({}, { clock, providers: { toy: memoryProvider(shared) } });
    cloud = shared;
    const second = new World({ clock, providers: { toy: memoryProvider(shared) }, clusterId: 'cluster-2', cluster: 'two' });
    await second.addNodes('n1');
    second.config = { ...world.config, clusterId: second.config.clusterId! };
    try {
      await second.start();
      await second.createService('web');
      await serve('web');
      const mine = plant(cloud, marksFor('service/gone-too'));
      const theirs = plant(cloud, marksFor('service/gone-too', 'cluster-2'));
      await second.stop();
      await world.rest(60 * minute);
      expect(ids()).toEqual(['lb-1', 'lb-2', theirs.id]);
      expect(ids()).not.toContain(mine.id);
      await second.start();
      await second.rest(60 * minute);
      expect(ids()).toEqual(['lb-1', 'lb-2']);
    } finally {
      await second.stop();
    }
  });

  it('counts the age of a stray over restarts, where there is a Lease', async () => {
    await open();
    await serve();
    const { id } = plant(cloud, strayMarks());
    await world.rest(10 * minute);
    expect(leaseAnnotation(world, 'portolan.dev/strays')).toMatch(/^v1 [0-9a-f]{12}=[0-9a-z]+$/);
    await world.stop();
    await world.clock.advanceAsync(10 * minute);
    await world.start();
    expect(ids()).toEqual([id]);
    await world.stop();
    await world.clock.advanceAsync(6 * minute);
    await world.start();
    await world.rest(1_000);
    expect(ids()).toEqual([]);
    expect(leaseAnnotation(world, 'portolan.dev/strays')).toBeUndefined();
    expect(found()).toHaveLength(1);
  });

  it('begins to count anew after a restart without a Lease', async () => {
    await open({}, { election: false });
    await serve();
    plant(cloud, strayMarks());
    await world.rest(10 * minute);
    await world.stop();
    await world.clock.advanceAsync(10 * minute);
    await world.start();
    await world.rest(10 * minute);
    expect(ids()).toHaveLength(1);
    await world.rest(10 * minute);
    expect(ids()).toEqual([]);
  });

  it('stops a round at the first failure, and goes on in the next', async () => {
    await open();
    await serve();
    for (let n = 0; n < 3; n++) plant(cloud, strayMarks());
    cloud.plan('delete', new LbError('PermissionDenied', 'may not delete'));
    await world.rest(21 * minute);
    await world.rest(10 * minute);
    expect(cloudWrites(cloud)).toEqual(['delete']);
    expect(ids()).toHaveLength(3);
    await world.rest(10 * minute);
    expect(ids()).toEqual([]);
  });

  it('waits where the outcome of a deletion is not known, and is sure in the end', async () => {
    await open();
    await serve();
    plant(cloud, strayMarks());
    cloud.plan('delete', 'lost-reply');
    await world.rest(60 * minute);
    expect(ids()).toEqual([]);
    expect(cloudWrites(cloud)).toEqual(['delete']);
  });

  it.each(['step/before', 'step/after'] as const)('ends in the next life what a crash at %s cut short', async (point) => {
    const crash = { armed: false };
    await open(
      {},
      {
        checkpoint: (reached) => {
          if (crash.armed && reached === point) throw new LbError('Stopping', 'the process dies here');
        },
      },
    );
    await serve('web');
    plant(cloud, strayMarks());
    await world.rest(20 * minute);
    crash.armed = true;
    await world.rest(10 * minute);
    await world.stop();
    crash.armed = false;
    await world.start();
    await world.rest(1_000);
    expect(ids()).toEqual(['lb-1']);
    expect(cloudWrites(cloud)).toEqual(['delete']);
  });

  it('deletes nothing when it leads no more', async () => {
    const weather = { away: false };
    await open(
      {},
      {
        transport: (direct) => ({
          ...direct,
          request: (request) =>
            weather.away ? Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })) : direct.request(request),
        }),
      },
    );
    await serve();
    plant(cloud, strayMarks());
    await world.rest(29 * minute + 55_000);
    weather.away = true;
    await world.rest(20 * minute);
    expect(ids()).toHaveLength(1);
    weather.away = false;
  });
});

describe('what it leaves alone because nobody can say', () => {
  it('a Service that exists and cannot be read, and every stray while one cannot even be named', async () => {
    const broken = { spec: '', uid: true };
    const hurt = ({ metadata, spec }: { metadata: Record<string, unknown>; spec: Record<string, unknown> }) => {
      if (metadata['name'] !== broken.spec) return;
      spec['ports'] = 'hostile';
      if (!broken.uid) metadata['uid'] = 7;
    };
    await open(
      {},
      {
        transport: (direct) => ({
          ...direct,
          async *watch(watch) {
            for await (const line of direct.watch(watch)) {
              const event = JSON.parse(line) as { type: string; object: Parameters<typeof hurt>[0] }; // an event about a Service
              if (watch.path.startsWith('/api/v1/services?') && event.type === 'ADDED') hurt(event.object);
              yield JSON.stringify(event);
            }
          },
        }),
      },
    );
    await serve('web');
    await world.stop();
    broken.spec = 'web';
    await world.start();
    await world.rest(40 * minute);
    expect(await things(world)).toMatchObject({ stray: 0, doubt: 1 });
    await world.stop();
    broken.uid = false;
    plant(cloud, strayMarks());
    await world.start();
    await world.rest(40 * minute);
    expect(await things(world)).toMatchObject({ stray: 0, doubt: 2 });
    expect(ids()).toHaveLength(2);
  });

  it('anything while Services cannot be watched: one that came meanwhile is not known here', async () => {
    const away = { now: false };
    const isOf = (path: string) => away.now && path.startsWith('/api/v1/services?');
    await open(
      {},
      {
        transport: (direct) => ({
          ...direct,
          request: (request) =>
            isOf(request.path) ? Promise.reject(new LbError('ApiUnavailable', 'the list is too long')) : direct.request(request),
          async *watch(watch) {
            for await (const line of direct.watch(watch)) {
              if (isOf(watch.path)) throw new LbError('ApiUnavailable', 'the watch has ended');
              yield line;
            }
          },
        }),
      },
    );
    await serve('web');
    away.now = true;
    await world.createService('new', { loadBalancerClass: 'example.com/other-install' });
    const { id } = plant(cloud, marksFor(`service/${world.service('new')?.uid}`));
    await world.rest(60 * minute);
    expect(await things(world)).toMatchObject({ owned: 1, stray: 0, doubt: 1 });
    expect(ids()).toContain(id);

    away.now = false;
    await world.deleteService('new');
    await world.rest(60 * minute);
    expect(ids()).toEqual(['lb-1']);
  });

  it('a Service that is being cleaned up, also where its finalizer is gone already', async () => {
    await open();
    await serve('web');
    cloud.plan('delete', ...Array.from({ length: 999 }, () => new LbError('PermissionDenied', 'may not delete')));
    // Seen both at once, or the finalizer would be put back before the end.
    world.api.faults.freezeWatches();
    await world.patchService('web', { metadata: { finalizers: null } });
    await world.deleteService('web');
    world.api.faults.thaw();
    await world.rest(60 * minute);
    expect(await things(world)).toMatchObject({ stray: 0, doubt: 1 });
    expect(found()).toEqual([]);
  });

  it('a Service of a class that is not configured any more', async () => {
    await open();
    await serve('web');
    await world.stop();
    world.renameClasses('renamed');
    await world.start();
    await world.rest(60 * minute);
    expect(await things(world)).toMatchObject({ stray: 0, doubt: 1 });
    expect(ids()).toEqual(['lb-1']);
  });

  it('a Service that is none of ours now and still names an address', async () => {
    await open();
    await serve('web');
    await world.stop();
    await world.patchService('web', { metadata: { finalizers: null } });
    world.config = {
      ...world.config,
      classes: world.config.classes.map((klass) => ({ ...klass, name: 'portolan.dev/other', default: false })),
    };
    await world.start();
    await world.rest(60 * minute);
    expect(await things(world)).toMatchObject({ stray: 0, doubt: 1 });
    await world.patchService('web', { status: { loadBalancer: null, conditions: [] } }, '/status');
    await world.rest(60 * minute);
    expect(ids()).toEqual([]);
  });

  it('what carries our mark although its Service is released', async () => {
    await open();
    await world.createService('web', {}, { 'portolan.dev/release': 'true' });
    const { id } = plant(cloud, marksFor(`service/${world.service('web')?.uid ?? ''}`));
    await world.start();
    await world.rest(60 * minute);
    expect(await things(world)).toMatchObject({ stray: 0, doubt: 1 });
    expect(ids()).toEqual([id]);
  });

  it('everything of a provider whose class only shows what it would do', async () => {
    await open({}, { classes: [{ mode: 'plan-only' }] });
    plant(cloud, strayMarks());
    await world.start();
    await world.rest(60 * minute);
    expect(await things(world)).toMatchObject({ stray: 1 });
    expect(cloudWrites(cloud)).toEqual([]);
  });

  it('is begun anew when it was doubtful meanwhile', async () => {
    await open();
    await serve();
    await world.createService('web', { loadBalancerClass: 'example.com/other' });
    plant(cloud, marksFor(`service/${world.service('web')?.uid ?? ''}`));
    await world.rest(10 * minute);
    await world.patchService('web', { status: { loadBalancer: { ingress: [{ ip: '192.0.2.77' }] } } }, '/status');
    await world.rest(10 * minute);
    await world.patchService('web', { status: { loadBalancer: null } }, '/status');
    await world.rest(20 * minute);
    expect(ids()).toHaveLength(1);
    await world.rest(10 * minute);
    expect(ids()).toEqual([]);
  });
});

describe('a class that was given another provider', () => {
  let second: MemoryCloud;
  const openTwo = async (sameCloud: boolean) => {
    const clock = ground.clock();
    const first = new MemoryCloud(clock);
    second = sameCloud ? first : new MemoryCloud(clock);
    // So that the two do not name things alike.
    if (!sameCloud) second.remove(second.create({}, 'public'));
    await open({}, { clock, providers: { one: memoryProvider(first), two: memoryProvider(second) } });
    cloud = first;
    await serve('web');
    await world.stop();
    world.config = { ...world.config, classes: world.config.classes.map((klass) => ({ ...klass, provider: providerName('two') })) };
    // What said who had it is lost.
    await world.patchService('web', { status: { conditions: [] } }, '/status');
  };

  it('leaves a stray at the old one, once the new one has finished', async () => {
    await openTwo(false);
    second.plan('create', ...Array.from({ length: 999 }, () => new LbError('QuotaExceeded', 'no room')));
    await world.start();
    await world.rest(60 * minute);
    expect(await things(world, 'one')).toMatchObject({ stray: 0, doubt: 1 });

    second.faults.clear();
    await world.rest(60 * minute);
    expect(world.addresses('web')).toEqual([second.balancers[0]?.address]);
    expect(second.balancers).toHaveLength(1);
    expect(cloud.balancers).toEqual([]);
    expect(world.conditions('web')).toMatchObject({ Programmed: 'True Programmed' });
  });

  it('loses nothing where both look at one cloud', async () => {
    await openTwo(true);
    await world.start();
    await world.rest(60 * minute);
    expect(await things(world, 'one')).toMatchObject({ owned: 1, stray: 0 });
    expect(await things(world, 'two')).toMatchObject({ owned: 1, stray: 0 });
    expect(cloud.balancers).toHaveLength(1);
  });

  it('cannot be judged while the new one does not say what it has', async () => {
    await openTwo(false);
    await world.start();
    await world.rest(1_000);
    const deny = () => second.plan('read', new LbError('CloudUnavailable', 'away'));
    for (let round = 0; round < 8; round++) {
      deny();
      await world.rest(10 * minute);
    }
    expect(await things(world, 'one')).toMatchObject({ stray: 0, doubt: 1 });
    expect(cloud.balancers).toHaveLength(1);
  });
});

describe('an inventory that goes wrong', () => {
  const trouble = { now: undefined as 'fails' | 'breaks off' | 'hangs' | undefined };
  beforeEach(async () => {
    trouble.now = undefined;
    const clock = ground.clock();
    const toy = new MemoryCloud(clock);
    const definition = toyWith(toy, (inner) => ({
      async *inventory(ctx) {
        const [way, failure] = [trouble.now, new LbError('CloudUnavailable', 'the cloud is away')];
        if (way === 'fails') throw failure;
        if (way === 'hangs') await new Promise(() => {});
        for await (const thing of inner.inventory(ctx)) {
          yield thing;
          if (way === 'breaks off') throw failure;
        }
      },
    }));
    await open({}, { clock, providers: { toy: definition } });
    cloud = toy;
    await serve('web');
  });

  it.each(['fails', 'breaks off'] as const)('and %s is told, and nothing is deleted', async (way) => {
    plant(cloud, strayMarks());
    await world.rest(20 * minute);
    trouble.now = way;
    await world.rest(60 * minute);
    expect(ids()).toHaveLength(2);
    expect(await metric(world, 'portolan_audit_failed{provider="toy"}')).toBe(1);
    expect(lines.filter(({ message }) => message.startsWith('audit could not read'))).toHaveLength(6);
    expect(await things(world)).toMatchObject({ owned: 1, stray: 1 });

    trouble.now = undefined;
    await world.rest(10 * minute);
    expect(await metric(world, 'portolan_audit_failed{provider="toy"}')).toBe(0);
    expect(ids()).toEqual(['lb-1']);
  });

  it('and hangs holds up no pass, and not the audit for ever', async () => {
    trouble.now = 'hangs';
    await world.rest(10 * minute);
    await world.createService('new');
    await world.rest();
    expect(world.conditions('new')).toMatchObject({ Programmed: 'True Programmed' });
    await world.rest(10 * minute);
    expect(await metric(world, 'portolan_audit_failed{provider="toy"}')).toBe(1);
    trouble.now = undefined;
    await world.rest(10 * minute);
    expect(await metric(world, 'portolan_audit_failed{provider="toy"}')).toBe(0);
  });
});

describe('a wish on the Lease', () => {
  const path = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/portolan';
  const wish = (text: string) =>
    world.call(
      'PATCH',
      path,
      { metadata: { annotations: { 'portolan.dev/audit-wish': text } } },
      { 'content-type': 'application/merge-patch+json' },
    );

  it('is done at once by the process that leads, within the grace period, and answered', async () => {
    await open({ deleteStrays: false, graceMs: 5 * minute });
    await serve('web');
    const old = plant(cloud, strayMarks());
    await world.rest(16 * minute);
    const young = plant(cloud, strayMarks());
    await wish('v1 0123456789abcdef delete-strays');
    await world.rest(5_000);

    expect(ids()).toEqual(['lb-1', young.id]);
    expect(JSON.parse(leaseAnnotation(world, 'portolan.dev/audit-answer') ?? '')).toEqual({
      id: '0123456789abcdef',
      deleted: [{ provider: 'toy', key: old.marks['portolan.dev/key'], things: [`balancer ${old.id}`] }],
      more: 0,
      failures: [],
    });
    expect(leaseAnnotation(world, 'portolan.dev/audit-wish')).toBeUndefined();
    await world.rest(9 * minute);
    expect(ids()).toContain(young.id);
  });

  it('is answered one by one where two are made at the same time', async () => {
    await open({ deleteStrays: false });
    let slow: (() => void) | undefined;
    const list = cloud.list.bind(cloud);
    await serve();
    cloud.list = () => {
      slow?.();
      return list();
    };
    let second: Promise<unknown> | undefined;
    slow = () => {
      slow = undefined;
      second = wish('v1 2222222222222222 delete-strays');
    };
    await wish('v1 1111111111111111 delete-strays');
    await world.rest(10_000);
    await second;
    expect(leaseAnnotation(world, 'portolan.dev/audit-answer')).toContain('2222222222222222');
    expect(leaseAnnotation(world, 'portolan.dev/audit-wish')).toBeUndefined();
  });

  it('is waited for by nobody where it is nonsense', async () => {
    await open();
    await serve();
    await wish('delete everything');
    await world.rest(5_000);
    expect(cloud.calls).toEqual([]);
  });

  it('is done by the next process to lead where the first one died over it', async () => {
    await open({ deleteStrays: false, graceMs: minute });
    await serve();
    plant(cloud, strayMarks());
    await world.rest(12 * minute);
    await world.stop();
    await wish('v1 0123456789abcdef delete-strays');
    await world.start();
    await world.rest(5_000);
    expect(ids()).toEqual([]);
    expect(leaseAnnotation(world, 'portolan.dev/audit-wish')).toBeUndefined();
  });
});
