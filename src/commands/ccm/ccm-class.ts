import type { Conduct } from '../../controller/build-controller.ts';
import { classId, type ProviderName } from '../../model/ids.ts';
import { sharedFinalizer, type LoadBalancerClass } from '../../model/load-balancer-class.ts';

/**
 * The one class of a cloud-controller-manager: every Service without a class and no other (contract A1, G1), with the finalizer
 * that all of them share. It asks nobody, as upstream does not; what nobody did to a Service is held all the same (design §6).
 */
export function ccmClass(provider: ProviderName, settings: Readonly<Record<string, unknown>>): LoadBalancerClass {
  return {
    id: classId('ccm'),
    finalizer: sharedFinalizer,
    default: true,
    provider,
    mode: 'apply',
    settings,
    guard: { none: 'allow', drains: 'allow', 'drops-connections': 'allow', 'changes-address': 'allow', destroys: 'allow' },
    handoverMs: 60_000,
  };
}

/** Events as upstream writes them; a condition is worth a patch of its own only where it was asked for (`--conditions`). */
export const ccmConduct = (conditions: boolean): Conduct => ({ events: 'upstream', conditionPatches: conditions });
