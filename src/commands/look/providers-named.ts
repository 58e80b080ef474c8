import { LbError } from '../../errors.ts';
import type { ProviderName } from '../../model/ids.ts';
import { nearest } from '../../settings/nearest.ts';
import type { Surroundings } from './surroundings.ts';

/** The one provider that a flag asks for, or all. @throws LbError `InvalidFlag` where none has that name */
export function providersNamed(asked: string | undefined, { entries }: Pick<Surroundings, 'entries'>): readonly ProviderName[] {
  const names = entries.map(({ name }) => name);
  if (asked === undefined) return names;
  const found = names.filter((name) => name === asked);
  if (found.length > 0) return found;
  const meant = nearest(asked, names);
  throw new LbError(
    'InvalidFlag',
    `no provider is named ${asked}; ${meant === undefined ? `there are ${names.join(', ')}` : `did you mean ${meant}?`}`,
  );
}
