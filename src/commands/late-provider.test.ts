import { expect, it } from 'vitest';
import { Bed } from '../../providers/external/test-bed.ts';
import { MemoryCloud } from '../../test/fixtures/memory-cloud.ts';
import { memoryProvider } from '../../test/fixtures/memory-provider.ts';
import { LbError } from '../errors.ts';
import { providerName } from '../model/ids.ts';
import type { AnyProvider, AnyProviderDefinition } from '../provider.ts';
import { lateProvider } from './late-provider.ts';

const bed = new Bed();
const real = memoryProvider(new MemoryCloud(bed.clock), { settleMs: 7 });
const placeholder: AnyProviderDefinition = { ...real, kind: 'external', settings: {}, settleMs: 0 };
const name = providerName('mine');

it('is the placeholder until the program was asked and the configuration read again, then what it is', async () => {
  let asked = 0;
  const describe = () => {
    asked++;
    return asked === 1 ? Promise.reject(new LbError('ProviderProcessFailed', 'it cannot be started')) : Promise.resolve(real);
  };
  const reread: string[] = [];
  const late = lateProvider(name, placeholder, describe, (of) => Promise.resolve(void reread.push(of)));
  const first = late.create({}, bed.host);
  await expect(first.start('control', bed.ctx)).rejects.toMatchObject({ code: 'ProviderProcessFailed' });
  await first.close();
  expect([late.kind, late.settleMs, Object.keys(late.settings), reread]).toEqual(['external', 0, [], []]);

  const second = late.create({}, bed.host);
  await second.start('control', bed.ctx);

  expect([late.kind, late.settleMs, Object.keys(late.settings), reread]).toEqual(['memory', 7, ['flavour'], ['mine']]);
  expect(second.capabilities({ flavour: 'plain' }).tcp).toBe(true);
  expect(second.permissions()).toEqual([]);
  expect(second.problem?.()).toBeUndefined();
  for await (const _ of second.changes?.(bed.stop.signal) ?? []) expect.unreachable('it has none to tell');
  expect(await Array.fromAsync(second.inventory(bed.ctx))).toEqual([]);
  await second.close();
});

it('does not start where the configuration cannot be read with its rows, or not again at all', async () => {
  const bad = () => Promise.reject(new LbError('InvalidConfig', 'unknown key flavuor'));
  for (const [reread, code] of [
    [bad, 'InvalidConfig'],
    [undefined, 'ProviderProcessFailed'],
  ] as const) {
    const late = lateProvider(name, placeholder, () => Promise.resolve(real), reread);
    const provider = late.create({}, bed.host);
    await expect(provider.start('control', bed.ctx)).rejects.toMatchObject({ code });
    expect(late.kind).toBe('external');
    expect(() => provider.capabilities({})).toThrow('before it was started');
  }
});

it('closes what did not start', async () => {
  const closed: string[] = [];
  const sick: AnyProviderDefinition = {
    ...real,
    create: () =>
      ({
        start: () => Promise.reject(new LbError('PermissionDenied', 'no')),
        close: () => Promise.resolve(void closed.push('closed')),
      }) as unknown as AnyProvider, // as much of one as is used
  };
  const late = lateProvider(
    name,
    placeholder,
    () => Promise.resolve(sick),
    () => Promise.resolve({}),
  );

  await expect(late.create({}, bed.host).start('read', bed.ctx)).rejects.toMatchObject({ code: 'PermissionDenied' });

  expect(closed).toEqual(['closed']);
});
