/** The texts and names that answers are made of. */
import * as z from 'zod';
import { cloudId, fieldPath, parseLoadBalancerKey, stepId, type ListenerId } from '../../../src/model/ids.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { reasons, type Reason } from '../../../src/reasons.ts';

const control = /[\p{Cc}\p{Cf}\u2028\u2029]/u;

/** One line of at most so many characters, without control characters: it is shown to people. */
export const line = (longest: number) =>
  z
    .string()
    .max(longest)
    .refine((text) => !control.test(text), 'has control characters');
/** The same, and there is something in it. */
export const name = (longest: number) => line(longest).min(1);

export const sentence = name(1_000);
export const anId = name(500).transform(cloudId);
export const aStepId = name(500).transform(stepId);
export const aField = name(500).transform(fieldPath);
export const aKey = name(500).transform((text, ctx) => {
  const key = parseLoadBalancerKey(text);
  if (key !== undefined) return key;
  ctx.addIssue({ code: 'custom', message: 'is no key of a load balancer' });
  return z.NEVER;
});
export const aListener = z
  .string()
  .regex(/^(TCP|UDP|SCTP)\/[1-9]\d{0,4}$/)
  .refine((text) => Number(text.slice(text.indexOf('/') + 1)) <= 65_535, 'is no port')
  .transform((text) => text as ListenerId); // shape just checked
export const marks = z.record(name(300), line(1_000));

/**
 * Codes that speak of Portolan, its leadership, its guard or the API server. From a provider they would be a lie, and some of
 * them make Portolan fall silent.
 */
const ours: ReadonlySet<string> = new Set<Reason>([
  'Accepted',
  'Programmed',
  'Applied',
  'Applying',
  'AsExpected',
  'PortsServed',
  'ApprovalRequired',
  'ClassChange',
  'ProviderChanged',
  'PlanOnly',
  'Handover',
  'Settling',
  'ApiUnavailable',
  'ApiThrottled',
  'ApiConflict',
  'ApiForbidden',
  'ApiRejected',
  'ApiExpired',
  'ApiNotFound',
  'InvalidObject',
  'Stopping',
  'LeaseLost',
  'InvalidFlag',
  'InvalidManifest',
  'InvalidKubeconfig',
  'AddressTaken',
  'NotConverging',
  'ProviderUnavailable',
  'ProviderProcessFailed',
]);
/** The codes a provider may use. */
export const providerReasons = Object.keys(reasons).filter((code) => !ours.has(code)) as [Reason, ...Reason[]]; // keys of the catalogue
export const aReason = z.enum(providerReasons);

/** Anything JSON can say; that it is not nested too deep was seen on its line. It must be there. */
export const json = z.custom<Json>((value) => value !== undefined, 'is missing');
export const jsonObject = z.custom<JsonObject>(
  (value): boolean => typeof value === 'object' && value !== null && !Array.isArray(value),
  'is no mapping',
);

/** Milliseconds a provider asks to wait: at most a day. */
export const aWait = z.number().min(0).max(86_400_000);
