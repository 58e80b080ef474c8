import { conditionTypes } from '../../model/condition.ts';
import { addressOfIngress } from '../../model/ingress.ts';
import type { ServiceView } from '../../model/service-view.ts';
import type { ServiceChange } from './live-services.ts';

/** What a change of a Service means for its user, one line each; nothing where he need not care. */
export function narrate({ old, new: now }: ServiceChange): readonly string[] {
  if (now === undefined) return old?.type === 'LoadBalancer' ? [`${old.key} is gone`] : [];
  const lines: string[] = [];
  const [before, after] = [addressesOf(old), addressesOf(now)];
  if (before !== after && after !== '') lines.push(`${now.key} ${before === '' ? 'has' : `moves from ${before} to`} ${after}`);
  if (before !== '' && after === '') lines.push(`${now.key} gives ${before} back`);
  for (const [type, bad] of watched) {
    const [then, condition] = [conditionOf(old, type), conditionOf(now, type)];
    if (condition === undefined || condition.status !== bad || passing.has(condition.reason)) continue;
    if (then?.status === condition.status && then.reason === condition.reason && then.message === condition.message) continue;
    if (type === conditionTypes.programmed && lines.some((line) => line.includes('Accepted=False'))) continue; // it says less
    lines.push(`${now.key} ${type.replace('portolan.dev/', '')}=${condition.status} ${condition.reason}: ${condition.message}`);
  }
  return lines;
}

/** Condition types a user wants to hear of, and the status that is bad news. */
const watched = [
  [conditionTypes.accepted, 'False'],
  [conditionTypes.programmed, 'False'],
  [conditionTypes.degraded, 'True'],
] as const;

/** Good news is on its way. */
const passing: ReadonlySet<string> = new Set(['Pending', 'Handover', 'Settling']);

const addressesOf = (service: ServiceView | undefined): string => (service?.ingress ?? []).map(addressOfIngress).join(', ');

export const conditionOf = (service: ServiceView | undefined, type: string) =>
  service?.conditions.find((condition) => condition.type === type);
