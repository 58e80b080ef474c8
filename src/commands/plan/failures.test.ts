import { afterEach, beforeEach, expect, it } from 'vitest';
import { planOver, plannedOver, toyWith, type PlanHow } from '../../../test/builders/plan-run.ts';
import type { MemoryCloud } from '../../../test/fixtures/memory-cloud.ts';
import { toyWorld } from '../../../test/scenarios/toy-world.ts';
import type { World } from '../../../test/scenarios/world.ts';
import { ranWith, surroundingsOf } from '../../../test/builders/command-run.ts';
import { memoryProvider } from '../../../test/fixtures/memory-provider.ts';
import { LbError } from '../../errors.ts';
import type { ProviderHost } from '../../provider.ts';
import { exitCodes } from '../io.ts';
import { runPlan } from '../plan.ts';

let world: World;
let cloud: MemoryCloud;
beforeEach(async () => {
  ({ world, cloud } = await toyWorld());
  world.api.clearLog();
});
afterEach(() => world.stop());

const plan = (names: readonly string[] = [], how: PlanHow = {}) => planOver(world, cloud, names, how);
const planned = (names: readonly string[] = [], how: PlanHow = {}) => plannedOver(world, cloud, names, how);

it('says what the cloud says, and goes on with the next Service', async () => {
  await world.createService('a');
  await world.createService('b');
  const asleep = () => new LbError('CloudUnavailable', 'the toy cloud sleeps');
  // The first look at everything fails too, which matters to nobody: it only saves calls.
  cloud.plan('read', asleep(), asleep());
  const { code, services } = await planned(['default/a', 'default/b']);
  expect(code).toBe(exitCodes.failed);
  expect(services).toMatchObject([
    { service: 'default/a', outcome: 'failed', error: { reason: 'CloudUnavailable', text: 'the toy cloud sleeps' } },
    { service: 'default/b', outcome: 'changes' },
  ]);
});

it('tries a failed read again where it is told to', async () => {
  await world.createService('web');
  cloud.plan('read', new LbError('CloudUnavailable', 'the toy cloud sleeps'));
  const { code } = await planned(['default/web'], { around: { retry: { times: 1, waitMs: 0 } } });
  expect(code).toBe(exitCodes.no);
});

it('answers 1 where the provider does not start, and names the cause', async () => {
  await world.createService('web');
  const { code, out } = await plan([], {
    provider: { start: () => Promise.reject(new LbError('PermissionDenied', 'the key is not known')) },
  });
  expect(code).toBe(exitCodes.failed);
  expect(out).toContain('failed PermissionDenied: the key is not known. Grant the permission named in the message.');
});

it('lets no provider change anything', async () => {
  await world.createService('web');
  const { code, out } = await plan([], { provider: { observe: (_want, _age, ctx) => ctx.beforeCall().then(() => null) } });
  expect(code).toBe(exitCodes.failed);
  expect(out).toContain('failed ProviderBug: a command that only looks was about to change something.');
  const documents = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap' };
  let host: ProviderHost | undefined;
  const toy = memoryProvider(cloud);
  const definition = { ...toy, create: (_: Record<string, never>, given: ProviderHost) => toy.create({}, (host = given)) };
  await ranWith((io) => runPlan([], { output: 'text' }, io, surroundingsOf(world, { toy: definition })));
  await expect(host?.documents.remove(documents, 'a', undefined, new AbortController().signal)).rejects.toMatchObject({
    code: 'ProviderBug',
  });
});

it('shows what must happen first and is not ours to do', async () => {
  await world.createService('web');
  const wait = { reason: 'CloudUnavailable', text: 'the balancer is being built', retryAfterMs: 3000 } as const;
  const how = { provider: { plan: () => ({ steps: [], refusals: [], wait }) } };
  const { code, out } = await plan([], how);
  expect(code).toBe(exitCodes.no);
  expect(out).toContain('waits CloudUnavailable: the balancer is being built.');
  expect((await planned([], how)).services).toMatchObject([{ outcome: 'waiting', wait }]);
});

it('prints nothing when it is asked to end', async () => {
  await world.createService('web');
  const stop = new AbortController();
  const out: string[] = [];
  const observe = () => {
    stop.abort(new Error('received SIGINT'));
    return Promise.reject(new LbError('CloudUnavailable', 'the call was given up'));
  };
  const io = { out: (text: string) => void out.push(text), err: () => {}, env: {}, signal: stop.signal, colour: false };
  await expect(runPlan([], { output: 'text' }, io, surroundingsOf(world, { toy: toyWith(cloud, { observe }) }))).rejects.toThrow(
    'received SIGINT',
  );
  expect(out).toEqual([]);
});

it('does not answer where the API server does not', async () => {
  await world.api.close?.();
  await expect(plan()).rejects.toMatchObject({ code: 'ApiUnavailable' });
});

it.each(['web', 'a/b/c', '/web', 'shop/', 'Shop/web', ''])('takes %j for no Service', async (name) => {
  await expect(plan([name])).rejects.toMatchObject({ code: 'InvalidFlag', remedy: 'Write NAMESPACE/NAME, such as shop/web.' });
});

it('says that a Service that was named is not there', async () => {
  await expect(plan(['default/none'])).rejects.toMatchObject({ code: 'InvalidFlag', text: 'there is no Service default/none' });
});

it('lets nothing a Service says steer a terminal', async () => {
  await world.createService('web', {}, { 'portolan.dev/scheme': 'x\u001B[2Jy' });
  expect((await plan()).out).not.toContain('\u001B');
});
