import { conditionTypes } from '../model/condition.ts';
import type { CloudId } from '../model/ids.ts';
import type { Notice } from '../model/report.ts';
import type { ServiceView } from '../model/service-view.ts';
import type { LoadBalancerSpec } from '../model/spec.ts';
import type { KeyState } from './key-state.ts';
import { statusAsWritten } from './key-state.ts';
import { ingressDigest, type AppliedRecord } from './record.ts';

/** What is known without asking the cloud. */
export interface Known {
  readonly record: AppliedRecord | undefined;
  readonly epochPending: boolean;
  /** The id the inventory at start showed for this key. */
  readonly inventoryId: CloudId | undefined;
  readonly driftDue: boolean;
  /** The finalizer this class puts on what it serves. */
  readonly finalizer: string;
  /** What the Service itself gives reason to say. */
  readonly notices: readonly Notice[];
}

/**
 * Whether a pass can end before it begins: the record equals the spec, the Service says that it is served, no node epoch is
 * pending, status is as we wrote it and nothing asks for a look. In the first pass after a start the inventory must show the
 * recorded id, and the record must name the status that is there.
 */
export function needsNoPass(state: KeyState, service: ServiceView, spec: LoadBalancerSpec<unknown>, known: Known): boolean {
  const { record } = known;
  if (record === undefined || !record.applied || record.input !== spec.inputDigest || record.spec !== spec.specDigest) return false;
  if (known.epochPending || known.driftDue || state.lookAgain || state.doubtSince !== undefined || state.health.changedAt !== undefined)
    return false;
  if (!service.finalizers.includes(known.finalizer)) return false;
  if (!saysTrue(service, conditionTypes.accepted) || !saysTrue(service, conditionTypes.programmed)) return false;
  if (state.observedAt !== undefined) return statusAsWritten(state, service);
  if (state.health.shown.length > 0 || degradedByOthers(service, known.notices)) return false; // nobody watched whether it is still so
  return record.id !== undefined && record.id === known.inventoryId && record.status === ingressDigest(service.ingress);
}

/** Whether the Service says that something is wrong which does not follow from its own words: a failure may be over. */
const degradedByOthers = ({ conditions }: ServiceView, notices: readonly Notice[]): boolean =>
  conditions.some(
    ({ type, status, reason }) =>
      type === conditionTypes.degraded && status === 'True' && !notices.some((notice) => notice.reason === reason),
  );

/** Whether the spec changed although the Service did not: a class setting, or a new version of ours. */
export function isClassChange(record: AppliedRecord | undefined, spec: LoadBalancerSpec<unknown>): boolean {
  if (record === undefined || record.input !== spec.inputDigest) return false;
  return record.spec !== spec.specDigest || (!record.applied && record.byClass === true);
}

export const saysTrue = (service: ServiceView, type: string): boolean =>
  service.conditions.some((condition) => condition.type === type && condition.status === 'True');
