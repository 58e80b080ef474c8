import { afterEach, expect, it } from 'vitest';
import { LbError } from '../../src/errors.ts';
import { classId, providerName } from '../../src/model/ids.ts';
import type { AnyProviderDefinition } from '../../src/provider.ts';
import { MemoryCloud } from '../fixtures/memory-cloud.ts';
import { memoryProvider } from '../fixtures/memory-provider.ts';
import { ground } from './ground.ts';
import { cloudWrites, toyWorld } from './toy-world.ts';
import { World } from './world.ts';

let world: World;
let cloud: MemoryCloud;
const open = async (options: Parameters<typeof toyWorld>[0] = {}) => {
  ({ world, cloud } = await toyWorld(options));
  await world.start();
  cloud.calls.length = 0;
};
afterEach(() => world?.stop());

it.each([
  ['CloudUnavailable', {}, 5_000],
  ['CloudThrottled', { retryAfterMs: 42_000 }, 42_000],
  ['PermissionDenied', {}, 600_000],
  ['QuotaExceeded', {}, 600_000],
  ['Conflict', {}, 5_000],
  ['NotFound', {}, 5_000],
] as const)('tries %s again when its verdict says, and shows it meanwhile', async (code, options, waitMs) => {
  await open();
  cloud.plan('create', new LbError(code, 'the cloud says no', options));
  await world.createService('web');
  await world.rest();
  expect(world.conditions('web')).toMatchObject({ Programmed: `False ${code}` });
  expect(world.message('web', 'portolan.dev/Programmed')).toMatch(/^The cloud says no|^the cloud says no/);
  expect(world.events('web')).toContain('SyncLoadBalancerFailed');

  await world.rest(waitMs - 1_000);
  expect(cloudWrites(cloud)).toHaveLength(1);
  await world.rest(1_100);
  expect(world.conditions('web')).toMatchObject({ Programmed: 'True Programmed' });
});

it('counts a try that the cloud throttled neither as a failure nor as a success', async () => {
  await open();
  const down = new LbError('CloudUnavailable', 'the cloud says no');
  cloud.plan('create', down, down, new LbError('CloudThrottled', 'slowly', { retryAfterMs: 7_000 }), down);
  await world.createService('web');
  await world.rest(5_000 + 10_000 + 7_000);
  expect(cloudWrites(cloud)).toHaveLength(4);

  await world.rest(19_900);
  expect(cloudWrites(cloud)).toHaveLength(4);
  await world.rest(200);
  expect(world.conditions('web')).toMatchObject({ Programmed: 'True Programmed' });
});

it('says that a Service is ensured, also where a lost reply left the last pass nothing to do', async () => {
  await open();
  cloud.plan('members', 'lost-reply');
  await world.createService('web');
  await world.rest(60_000);
  expect(world.conditions('web')).toMatchObject({ Programmed: 'True Programmed' });
  expect(world.events('web')).toEqual(['EnsuringLoadBalancer', 'SyncLoadBalancerFailed', 'EnsuredLoadBalancer']);

  await world.rest(700_000);
  expect(world.events('web')).toHaveLength(3);
});

it('never makes a second load balancer where the reply to the first was lost and it turns up late', async () => {
  await open();
  cloud.plan('create', 'late');
  await world.createService('web');
  await world.rest();
  expect(world.conditions('web')).toMatchObject({ Programmed: 'False OutcomeUnknown', Applied: 'False Applying' });
  await world.rest(120_000);

  expect(cloud.balancers).toHaveLength(1);
  expect(world.addresses('web')).toEqual(['192.0.2.1']);
  expect(world.conditions('web')).toMatchObject({ Programmed: 'True Programmed', Applied: 'True Applied' });
});

it('does not let a Service go while the outcome of its creation is unknown', async () => {
  await open();
  cloud.plan('create', 'late');
  await world.createService('web');
  await world.rest();
  await world.deleteService('web');
  await world.rest(10_000);
  expect(world.service('web')?.finalizers).toEqual(['portolan.dev/lb.toy']);

  await world.rest(60_000);
  expect(world.service('web')).toBeUndefined();
  expect(cloud.balancers).toEqual([]);
});

it('says of an edit that could not even be begun that it is not done', async () => {
  const clock = ground.clock();
  cloud = new MemoryCloud(clock);
  const toy = memoryProvider(cloud) as AnyProviderDefinition;
  let silly = false;
  const provider: AnyProviderDefinition = {
    ...toy,
    create: (connection, host) => {
      const inner = toy.create(connection, host);
      return {
        ...inner,
        capabilities: (settings) => {
          if (silly) throw new TypeError('oops');
          return inner.capabilities(settings);
        },
      };
    },
  };
  world = new World({ clock, providers: { toy: provider } });
  await world.addNodes('n1');
  await world.start();
  await world.createService('web');
  await world.createService('same');
  await world.rest();
  silly = true;
  await world.patchService('web', { spec: { ports: [{ port: 81 }] } });
  await world.rest(600_000);
  expect(world.conditions('web')).toMatchObject({ Programmed: 'False InternalError' });
  expect(world.conditions('same')).toMatchObject({ Programmed: 'True Programmed', Degraded: 'True InternalError' });
});

it('goes on with the other Services where one fails, and where the API server refuses a write', async () => {
  await open();
  cloud.plan('create', new LbError('PermissionDenied', 'no'));
  await world.createService('bad');
  await world.rest();
  await world.createService('good');
  await world.rest();
  expect(world.addresses('good')).toEqual(['192.0.2.1']);
});

it('takes down only its own class where a provider does not start, says why, and serves when it does', async () => {
  const clock = ground.clock();
  cloud = new MemoryCloud(clock);
  const good = memoryProvider(cloud);
  let broken = true;
  const sick: AnyProviderDefinition = {
    ...good,
    create: (connection, host) => ({
      ...good.create(connection as Record<string, never>, host), // the toy has no connection
      start: () =>
        broken ? Promise.reject(new LbError('PermissionDenied', 'the credential is refused', { remedy: 'Renew it' })) : Promise.resolve(),
    }),
  };
  world = new World({
    clock,
    providers: { good, sick },
    classes: [{}, { id: classId('sick'), name: 'portolan.dev/sick', default: false, provider: providerName('sick') }],
  });
  await world.addNodes('n1');
  await world.start();
  await world.createService('web');
  await world.createService('ill', { loadBalancerClass: 'portolan.dev/sick' });
  await world.rest();
  expect(world.conditions('web')).toMatchObject({ Programmed: 'True Programmed' });
  expect(world.conditions('ill')).toMatchObject({ Programmed: 'False ProviderUnavailable' });
  expect(world.message('ill', 'portolan.dev/Programmed')).toContain('the credential is refused. Renew it.');
  expect(world.health.probe('ready').text).toContain('sick: the credential is refused');

  broken = false;
  await world.rest(5_100);
  expect(world.conditions('ill')).toMatchObject({ Programmed: 'True Programmed' });
  expect(world.health.probe('ready').good).toBe(true);
});

it('cleans up what is ours no more as soon as its provider starts', async () => {
  const clock = ground.clock();
  cloud = new MemoryCloud(clock);
  const good = memoryProvider(cloud);
  let broken = false;
  const sick: AnyProviderDefinition = {
    ...good,
    create: (connection, host) => ({
      ...good.create(connection as Record<string, never>, host), // the toy has no connection
      start: () => (broken ? Promise.reject(new LbError('PermissionDenied', 'the credential is refused')) : Promise.resolve()),
    }),
  };
  world = new World({ clock, providers: { sick } });
  await world.start();
  await world.createService('web');
  await world.rest();
  await world.stop();
  broken = true;
  await world.start();
  await world.patchService('web', { metadata: { finalizers: null }, spec: { type: 'ClusterIP' } });
  await world.rest();
  broken = false;
  await world.rest(10_000);
  expect(cloud.balancers).toEqual([]);
  expect(world.service('web')?.conditions).toEqual([]);
});

it('survives an API server that drops, throttles, forgets and fails', async () => {
  await open();
  world.api.faults.dropWatches();
  await world.createService('one');
  await world.rest(2_000);
  expect(world.addresses('one')).toHaveLength(1);

  world.api.compact();
  world.api.faults.expireWatches();
  await world.createService('two');
  await world.rest(5_000);
  expect(world.addresses('two')).toHaveLength(1);
});

it('shows bad health after a minute, and takes it back after a minute', async () => {
  const clock = ground.clock();
  cloud = new MemoryCloud(clock);
  const toy = memoryProvider(cloud);
  let sick = false;
  let say: (() => void) | undefined;
  const provider: AnyProviderDefinition = {
    ...toy,
    create: (connection, host) => {
      const inner = toy.create(connection as Record<string, never>, host); // the toy has no connection
      return {
        ...inner,
        report: async (want, have) => {
          const report = await inner.report(want as never, have); // the toy's own want
          return sick ? { ...report, notices: [{ reason: 'NoHealthyMember', text: 'nobody answers', kind: 'health' }] } : report;
        },
        async *changes(signal) {
          while (!signal.aborted) {
            await new Promise<void>((resolve) => {
              say = resolve;
              signal.addEventListener('abort', () => resolve(), { once: true });
            });
            if (!signal.aborted) for (const { marks } of cloud.balancers) yield marks['portolan.dev/key'] as never; // a key of ours
          }
        },
      };
    },
  };
  world = new World({ clock, providers: { toy: provider } });
  await world.addNodes('n1');
  await world.start();
  await world.createService('web');
  await world.rest();
  sick = true;
  say?.();
  await world.rest(59_000);
  expect(world.conditions('web')).toMatchObject({ Degraded: 'False AsExpected' });
  await world.rest(2_000);
  expect(world.conditions('web')).toMatchObject({ Degraded: 'True NoHealthyMember', Programmed: 'True Programmed' });

  sick = false;
  say?.();
  await world.rest(59_000);
  expect(world.conditions('web')).toMatchObject({ Degraded: 'True NoHealthyMember' });
  await world.rest(2_000);
  expect(world.conditions('web')).toMatchObject({ Degraded: 'False AsExpected' });
});

it('tries again when the API server refuses its patches, with nothing done in the cloud before the record', async () => {
  await open();
  world.api.faults.add({ kind: 'status', code: 500, match: { method: 'PATCH', path: /services\/web\/status/ }, times: 2 });
  await world.createService('web');
  await world.rest();
  expect(cloudWrites(cloud)).toEqual([]);

  await world.rest(6_000);
  expect(world.conditions('web')).toMatchObject({ Programmed: 'True Programmed' });
});

it('says that a plan does not converge, and slows down', async () => {
  const clock = ground.clock();
  cloud = new MemoryCloud(clock);
  const toy = memoryProvider(cloud) as AnyProviderDefinition;
  const restless: AnyProviderDefinition = {
    ...toy,
    create: (connection, host) => {
      const inner = toy.create(connection, host);
      return {
        ...inner,
        apply: async (step, ctx) => {
          const outcome = await inner.apply(step, ctx);
          for (const balancer of cloud.balancers) balancer.members = 'scrambled';
          return outcome;
        },
      };
    },
  };
  world = new World({ clock, providers: { toy: restless } });
  await world.addNodes('n1');
  await world.start();
  await world.createService('web');
  await world.rest();
  const early = cloudWrites(cloud).length;
  expect(early).toBeGreaterThan(5);
  expect(world.conditions('web')).toMatchObject({ Programmed: 'False NotConverging' });

  await world.rest(4_000);
  expect(cloudWrites(cloud)).toHaveLength(early);
});
