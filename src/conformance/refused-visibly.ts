import { conditionTypes } from '../model/condition.ts';
import { keyOf } from './cluster.ts';
import type { Reason } from '../reasons.ts';
import { ownedThings } from './owned-things.ts';
import type { Rig } from './rig.ts';

/** What a lacking feature is refused with; a setting that a provider does not have is unknown to it. */
const causes: ReadonlySet<string> = new Set<Reason>(['UnsupportedFeature', 'UnsupportedProtocol', 'NodePortMissing', 'UnknownSetting']);

/**
 * Looks whether every Service that asks for what the provider lacks is refused: told so by condition and event, with nothing
 * half made. Answers what was seen instead.
 */
export async function refusedVisibly(rig: Rig): Promise<string | undefined> {
  const services = rig.cluster().services();
  if (services.length === 0) return 'the story asks for nothing';
  const things = await ownedThings(rig);
  for (const service of services) {
    const accepted = service.conditions.find(({ type }) => type === conditionTypes.accepted);
    if (accepted?.status !== 'False') return `${service.key} is not refused: Accepted is ${accepted?.status ?? 'absent'}`;
    if (!causes.has(accepted.reason)) return `${service.key} is refused for something else: ${accepted.reason} (${accepted.message})`;
    if (accepted.message === '') return `${service.key} is refused without a word`;
    if (service.ingress.length > 0) return `${service.key} is refused and has an address`;
    const made = things.filter(({ key }) => key === keyOf(service));
    if (made.length > 0) return `${service.key} is refused and half made: ${made.map(({ kind, id }) => `${kind} ${id}`).join(', ')}`;
    const told = rig
      .cluster()
      .events(service.namespace, service.name)
      .some(({ reason }) => reason === accepted.reason || reason === 'SyncLoadBalancerFailed');
    if (!told) return `${service.key} is refused and no event says so`;
  }
  return undefined;
}
