import { canonicalJson } from '../model/digest.ts';
import type { JsonObject } from '../model/json.ts';
import { metadataOf } from './client.ts';

/** What a Lease says about who leads. */
export interface LeaseRecord {
  /** Empty where nobody holds it. */
  readonly holder: string;
  /** For how long the holder's claim holds after it was last seen to change, in milliseconds. */
  readonly durationMs: number;
  readonly transitions: number;
  /** Equal means that the holder has not shown any life in between. Annotations by others are no life. */
  readonly life: string;
}

export function readLease(lease: JsonObject, defaultDurationMs: number): LeaseRecord {
  const spec = specOf(lease);
  const { holderIdentity, leaseDurationSeconds, leaseTransitions } = spec;
  return {
    holder: typeof holderIdentity === 'string' ? holderIdentity : '',
    durationMs: typeof leaseDurationSeconds === 'number' && leaseDurationSeconds > 0 ? leaseDurationSeconds * 1_000 : defaultDurationMs,
    transitions: typeof leaseTransitions === 'number' ? leaseTransitions : 0,
    life: canonicalJson(spec),
  };
}

/** The same Lease with other fields in its spec and other annotations; all that is not named stays, whoever wrote it. */
export function changeLease(
  lease: JsonObject,
  spec: JsonObject,
  annotations: Readonly<Record<string, string | undefined>> = {},
): JsonObject {
  const metadata = metadataOf(lease);
  return {
    ...lease,
    metadata: { ...metadata, annotations: { ...annotationsOf(lease), ...annotations } },
    spec: { ...specOf(lease), ...spec },
  };
}

export function annotationsOf(lease: JsonObject): Readonly<Record<string, string>> {
  const annotations: Record<string, string> = {};
  for (const [name, value] of Object.entries(metadataOf(lease)['annotations'] ?? {})) {
    if (typeof value === 'string') annotations[name] = value;
  }
  return annotations;
}

/** RFC 3339 with six digits, as `metav1.MicroTime` is written. */
export const microTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 23)}000Z`;

function specOf(lease: JsonObject): JsonObject {
  const spec = lease['spec'];
  return typeof spec === 'object' && spec !== null && !Array.isArray(spec) ? (spec as JsonObject) : {}; // neither null nor a list
}
