import { providers, type ProviderEntry } from '../../../providers/registry.ts';
import type { Simulate } from '../../conformance/simulation.ts';
import { LbError } from '../../errors.ts';
import { nearest } from '../../settings/nearest.ts';
import type { ConformanceFlags } from '../conformance.ts';

/** The provider that is tried out. */
export interface Subject {
  /** As it stands in reports. */
  readonly name: string;
  readonly simulate: Simulate;
  /** The flags that name it, for a command line that is shown. */
  readonly flags: string;
}

/** @throws LbError `InvalidFlag` where the flags name no provider, several, or one without a cloud to be tried on */
export function subjectOf(
  { provider, real }: Pick<ConformanceFlags, 'provider' | 'real'>,
  kinds: Readonly<Record<string, ProviderEntry>> = providers,
): Subject {
  const remedy = `Name one: --provider ${Object.keys(kinds).sort().join(' | ')}`;
  if (provider === undefined) throw refused('--provider', 'no provider is named', remedy);
  const entry = kinds[provider];
  if (entry === undefined) {
    const meant = nearest(provider, Object.keys(kinds));
    throw refused('--provider', `there is no provider ${provider}${meant === undefined ? '' : ` (did you mean ${meant}?)`}`, remedy);
  }
  const simulate = real === true ? entry.real : entry.simulate;
  if (simulate === undefined) {
    const what = real === true ? 'no cloud of its own to be tried on' : 'no cloud in memory';
    throw refused(real === true ? '--real' : '--provider', `provider ${provider} has ${what}`, remedy);
  }
  return { name: provider, simulate, flags: `--provider ${provider}${real === true ? ' --real' : ''}` };
}

const refused = (field: string, text: string, remedy: string): LbError => new LbError('InvalidFlag', text, { field, remedy });
