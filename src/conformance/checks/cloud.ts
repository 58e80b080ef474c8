import { digestOf } from '../../model/digest.ts';
import { serviceLoadBalancer, serviceUid } from '../../model/ids.ts';
import type { Check } from '../case.ts';
import { filledIn } from '../filled-in.ts';
import { valueAt } from '../json-pointer.ts';
import type { Rig } from '../rig.ts';
import { uidOf, type Seen } from './service-checks.ts';

/** What the cloud has for a Service, also for one that is gone. */
export function cloud(rig: Rig, check: Extract<Check, { readonly check: 'cloud' }>): Seen {
  const { at, equals, absent, matches } = check;
  const shown = rig.simulation.look?.(serviceLoadBalancer(serviceUid(uidOf(rig, check) ?? '')));
  if (shown === undefined) throw new Error('the simulated cloud shows nothing');
  const value = valueAt(shown, at);
  const seen = `${at} in the cloud is ${JSON.stringify(value)}`;
  if (absent === true) return value === undefined ? undefined : seen;
  if (value === undefined) return seen;
  if (equals !== undefined && digestOf(value) !== digestOf(filledIn(rig, equals))) return seen;
  return matches === undefined || (typeof value === 'string' && new RegExp(matches).test(value)) ? undefined : seen;
}
