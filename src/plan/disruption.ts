import { disruptions, type Disruption } from '../model/plan.ts';

/** Orders disruptions from nothing to everything. */
export function isWorse(a: Disruption, than: Disruption): boolean {
  return disruptions.indexOf(a) > disruptions.indexOf(than);
}

/** The worst of a list; `none` for an empty one. */
export function worstOf(list: readonly Disruption[]): Disruption {
  let worst: Disruption = 'none';
  for (const item of list) if (isWorse(item, worst)) worst = item;
  return worst;
}

/** Whether a step with this disruption must say in a claim what is lost. */
export const needsClaim = (disruption: Disruption): boolean => isWorse(disruption, 'drains');
