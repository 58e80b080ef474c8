import { afterEach, expect, it } from 'vitest';
import { ranWith, surroundingsOf, type Ran } from '../../test/builders/command-run.ts';
import { MemoryCloud } from '../../test/fixtures/memory-cloud.ts';
import { memoryProvider } from '../../test/fixtures/memory-provider.ts';
import { ground } from '../../test/scenarios/ground.ts';
import { World } from '../../test/scenarios/world.ts';
import { LbError } from '../errors.ts';
import type { PermissionCheck } from '../model/capabilities.ts';
import type { AnyProvider, AnyProviderDefinition } from '../provider.ts';
import { runPreflight, type PreflightFlags } from './preflight.ts';

let world: World;
afterEach(() => world.stop());

const needs = [
  { action: 'cloud:Look', why: 'to see', mutates: false },
  { action: 'cloud:Make', why: 'to make', mutates: true },
];

function toyWith(over: Partial<AnyProvider>): AnyProviderDefinition {
  const toy = memoryProvider(new MemoryCloud(ground.clock())) as AnyProviderDefinition;
  return { ...toy, create: (connection, host) => ({ ...toy.create(connection, host), permissions: () => needs, ...over }) };
}

async function preflight(providers: Readonly<Record<string, Partial<AnyProvider>>>, flags: Partial<PreflightFlags> = {}): Promise<Ran> {
  world = new World({ clock: ground.clock(), providers: { toy: toyWith({}) } });
  const definitions = Object.fromEntries(Object.entries(providers).map(([name, over]) => [name, toyWith(over)]));
  return await ranWith((io) => runPreflight({ output: 'text', ...flags }, io, surroundingsOf(world, definitions)));
}

const checking = (...checks: PermissionCheck[]): Partial<AnyProvider> => ({
  async *checkPermissions() {
    yield* checks;
    await Promise.resolve();
  },
});
const granted: PermissionCheck = { action: 'cloud:Look', outcome: 'granted' };
const denied = new LbError('PermissionDenied', 'the credential may not call cloud:Look');

it('is good where nothing is missing; what could not be tried says so', async () => {
  const { code, out } = await preflight({ toy: checking(granted, { action: 'cloud:Make', outcome: 'unknown', note: 'cannot be tried' }) });
  expect(code).toBe(0);
  expect(out).toBe(
    'provider toy: 1 granted, 0 missing, 1 not checked\nnot checked  cloud:Make  to make; cannot be tried\ngranted      cloud:Look  to see\n',
  );
});

it('names what is missing, first, also where the provider does not start without it', async () => {
  const missing: PermissionCheck = { action: 'cloud:Look', outcome: 'missing', note: 'refused' };
  const { code, out } = await preflight({ toy: { ...checking(missing), start: () => Promise.reject(denied) } });
  expect(code).toBe(3);
  expect(out.split('\n').slice(0, 2)).toEqual([
    'provider toy: 0 granted, 1 missing, 1 not checked',
    'MISSING      cloud:Look  to see; refused',
  ]);
});

it('could not do it where the provider is not reached', async () => {
  const away = new LbError('CloudUnavailable', 'nobody answers');
  const silent = await preflight({ toy: checking({ action: 'cloud:Look', outcome: 'failed', note: 'nobody answers' }) });
  expect(silent).toMatchObject({ code: 1 });
  expect(silent.out.split('\n')).toContain('no answer    cloud:Look  to see; nobody answers');
  const { code, out } = await preflight({ toy: { start: () => Promise.reject(away) } });
  expect(code).toBe(1);
  expect(out).toContain('failed CloudUnavailable: nobody answers');
  const broken = await preflight({
    toy: {
      ...checking(),
      checkPermissions: () => {
        throw away;
      },
    },
  }); // prettier-ignore
  expect(broken.code).toBe(1);
});

it('is told as JSON', async () => {
  const { out } = await preflight({ toy: checking(granted), other: { permissions: () => [] } }, { output: 'json' });
  expect(JSON.parse(out)).toEqual({
    providers: [
      {
        provider: 'toy',
        permissions: [
          { action: 'cloud:Look', outcome: 'granted', why: 'to see', mutates: false },
          { action: 'cloud:Make', outcome: 'unknown', why: 'to make', mutates: true, note: 'this provider cannot try it' },
        ],
      },
      { provider: 'other', permissions: [] },
    ],
  });
});

it('says where nothing is needed, and looks at one provider where one is named', async () => {
  expect((await preflight({ toy: {}, other: { permissions: () => [] } }, { provider: 'other' })).out).toBe(
    'provider other: needs no permissions\n',
  );
  await expect(preflight({ toy: {} }, { provider: 'tyo' })).rejects.toThrow('did you mean toy?');
});

it('prints the policy of the provider that has one', async () => {
  const policy = () => ({ Version: '1' });
  expect(await preflight({ toy: { policy }, other: {} }, { policy: true })).toMatchObject({ code: 0, out: '{\n  "Version": "1"\n}\n' });
  await expect(preflight({ toy: {} }, { policy: true })).rejects.toThrow('the cloud has no policies');
  await expect(preflight({ toy: { policy }, other: { policy } }, { policy: true })).rejects.toThrow('there are policies for toy, other');
});
