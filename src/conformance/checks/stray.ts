import type { Check } from '../case.ts';
import type { Rig } from '../rig.ts';
import type { Seen } from './service-checks.ts';

/** @throws Error where the story planted no stray of this name. */
export async function stray(rig: Rig, { as, exists }: Extract<Check, { readonly check: 'stray' }>): Promise<Seen> {
  const planted = rig.strays.get(as);
  if (planted === undefined) throw new Error(`the case planted no stray ${as}`);
  const there = await rig.during(planted.exists());
  return there === exists ? undefined : there ? `the stray ${as} is still there` : `the stray ${as} is gone`;
}
