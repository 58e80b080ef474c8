import { conditionTypes, type Condition } from '../../model/condition.ts';
import { reasons } from '../../reasons.ts';
import { keyOf } from '../cluster.ts';
import type { Rig } from '../rig.ts';
import type { ProviderCall } from '../trace.ts';

/** Services for which a call failed since then, and which do not say so: neither by a condition nor by an event. */
export function unexplained(rig: Rig, since: number): readonly string[] {
  const failed = rig.trace.calls(since).filter((call) => call.error !== undefined);
  return rig
    .cluster()
    .services()
    .flatMap((service) => {
      const last = failed.findLast(({ key }) => key === keyOf(service));
      if (last === undefined) return [];
      const told =
        service.conditions.some((condition) => tells(condition, last)) ||
        rig
          .cluster()
          .events(service.namespace, service.name)
          .some(({ reason, message }) => reason === 'SyncLoadBalancerFailed' && message !== '');
      return told ? [] : [`explained: ${last.verb} failed with ${last.error?.code} for ${service.key}, and nothing says so`];
    });
}

function tells({ type, status, reason, message }: Condition, { error }: ProviderCall): boolean {
  const bad = type === conditionTypes.programmed ? 'False' : 'True';
  const ours = type === conditionTypes.programmed || type === conditionTypes.degraded;
  return ours && status === bad && reason in reasons && message !== '' && reason === error?.code;
}
