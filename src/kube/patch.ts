import type { Condition } from '../model/condition.ts';
import { sameIngress, type Ingress } from '../model/ingress.ts';
import type { JsonObject } from '../model/json.ts';
import type { ServiceView } from '../model/service-view.ts';

/** What a Service's status and finalizers should say. What is absent stays as it is. */
export interface ServiceWish {
  readonly finalizers?: { readonly add?: string; readonly remove?: string };
  /** The whole list; empty clears it. */
  readonly ingress?: readonly Ingress[];
  /** Only these types are touched; `lastTransitionTime` in them is not looked at. */
  readonly conditions?: readonly Condition[];
  /** Types to take away. */
  readonly removeConditions?: readonly string[];
}

/**
 * The body of one strategic merge PATCH of `services/<name>/status` that makes the wish true, or undefined when it is true
 * already. It carries no resourceVersion, so that edits by others meanwhile merge (contract E2, E4): finalizers as a set,
 * conditions by type, ingress as a whole (E3, E5, E6). A condition keeps its `lastTransitionTime` while its status stands.
 * @param nowMs wall time, for conditions whose status changes
 */
export function serviceStatusPatch(current: ServiceView, wish: ServiceWish, nowMs: number): JsonObject | undefined {
  const metadata = finalizerPatch(current.finalizers, wish.finalizers ?? {});
  const loadBalancer = ingressPatch(current.ingress, wish.ingress);
  const conditions = conditionsPatch(current.conditions, wish, timestamp(nowMs));
  const status = { ...(loadBalancer === undefined ? {} : { loadBalancer }), ...(conditions.length === 0 ? {} : { conditions }) };
  const body = { ...(metadata === undefined ? {} : { metadata }), ...(Object.keys(status).length === 0 ? {} : { status }) };
  return Object.keys(body).length === 0 ? undefined : body;
}

/** RFC 3339 to the second, as `metav1.Time` is written. */
export const timestamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

function finalizerPatch(current: readonly string[], wish: { add?: string; remove?: string }): JsonObject | undefined {
  const add = wish.add !== undefined && !current.includes(wish.add) ? wish.add : undefined;
  const remove = wish.remove !== undefined && current.includes(wish.remove) ? wish.remove : undefined;
  if (add === undefined && remove === undefined) return undefined;
  const order = [...current.filter((finalizer) => finalizer !== remove), ...(add === undefined ? [] : [add])];
  return {
    '$setElementOrder/finalizers': order,
    ...(add === undefined ? {} : { finalizers: [add] }),
    ...(remove === undefined ? {} : { '$deleteFromPrimitiveList/finalizers': [remove] }),
  };
}

/** The list has no merge key: it is replaced whole, and null takes it away. */
function ingressPatch(current: readonly Ingress[], wish: readonly Ingress[] | undefined): JsonObject | undefined {
  if (wish === undefined || sameIngress(current, wish)) return undefined;
  return { ingress: wish.length === 0 ? null : wish.map(wireIngress) };
}

function wireIngress(entry: Ingress): JsonObject {
  return {
    ...(entry.ip === undefined ? {} : { ip: entry.ip }),
    ...(entry.hostname === undefined ? {} : { hostname: entry.hostname }),
    // Kubernetes refuses ipMode beside a host name alone (contract F6).
    ...(entry.ip === undefined || entry.ipMode === undefined ? {} : { ipMode: entry.ipMode }),
    ...(entry.ports === undefined || entry.ports.length === 0 ? {} : { ports: entry.ports.map((port) => ({ ...port })) }),
  };
}

function conditionsPatch(current: readonly Condition[], wish: ServiceWish, now: string): JsonObject[] {
  const patches: JsonObject[] = [];
  for (const wanted of wish.conditions ?? []) {
    const have = current.find((condition) => condition.type === wanted.type);
    if (have !== undefined && sameCondition(have, wanted)) continue;
    const since = have?.status === wanted.status ? (have.lastTransitionTime ?? now) : now;
    patches.push({
      type: wanted.type,
      status: wanted.status,
      reason: wanted.reason,
      message: wanted.message,
      lastTransitionTime: since,
      ...(wanted.observedGeneration === undefined ? {} : { observedGeneration: wanted.observedGeneration }),
    });
  }
  for (const type of wish.removeConditions ?? []) {
    if (current.some((condition) => condition.type === type)) patches.push({ $patch: 'delete', type });
  }
  return patches;
}

/** Time is a consequence, not a difference; a generation nobody named is as it stands. */
function sameCondition(have: Condition, wanted: Condition): boolean {
  return (
    have.status === wanted.status &&
    have.reason === wanted.reason &&
    have.message === wanted.message &&
    (wanted.observedGeneration === undefined || have.observedGeneration === wanted.observedGeneration)
  );
}
