import { expect, test } from 'vitest';
import type { ProviderEntry } from '../../../providers/registry.ts';
import type { Simulate } from '../../conformance/simulation.ts';
import { subjectOf } from './subject.ts';

const never: Simulate = () => Promise.reject(new Error('not run here'));
const load: ProviderEntry['load'] = () => Promise.reject(new Error('not loaded here'));
const kinds: Readonly<Record<string, ProviderEntry>> = {
  both: { load, simulate: never, real: never },
  memory: { load, simulate: never },
  neither: { load },
};

test('a provider is tried on its cloud in memory, or on one of its own', () => {
  expect(subjectOf({ provider: 'memory' }, kinds)).toEqual({ name: 'memory', simulate: never, flags: '--provider memory' });
  expect(subjectOf({ provider: 'both', real: true }, kinds)).toMatchObject({ flags: '--provider both --real' });
});

test.each<[Parameters<typeof subjectOf>[0], string]>([
  [{}, 'no provider is named'],
  [{ provider: 'memry' }, 'there is no provider memry (did you mean memory?)'],
  [{ provider: 'xyzzy' }, 'there is no provider xyzzy'],
  [{ provider: 'neither' }, 'provider neither has no cloud in memory'],
  [{ provider: 'memory', real: true }, 'provider memory has no cloud of its own to be tried on'],
])('%j is refused', (flags, text) => {
  expect(() => subjectOf(flags, kinds)).toThrow(text);
  expect(() => subjectOf(flags, kinds)).toThrow(expect.objectContaining({ code: 'InvalidFlag' }));
});
