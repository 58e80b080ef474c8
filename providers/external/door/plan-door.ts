import * as z from 'zod';
import { serviceUid } from '../../../src/model/ids.ts';
import type { Json } from '../../../src/model/json.ts';
import { disruptions, type Plan } from '../../../src/model/plan.ts';
import { parsed } from './parsed.ts';
import { aField, aKey, aListener, anId, aReason, aStepId, aWait, json, marks, name, sentence } from './texts.ts';

const proof = z.union([
  z.strictObject({ marks, on: anId }),
  z.strictObject({ consent: name(300).transform(serviceUid), to: anId }),
  z.strictObject({ willMark: marks }),
]);

const claim = z.strictObject({
  loses: z.array(sentence).max(1_000),
  because: z.array(z.strictObject({ field: aField, from: z.string().max(2_000), to: z.string().max(2_000) })).max(100),
});

const step = z.strictObject({
  id: aStepId,
  after: z.array(aStepId).max(1_000),
  verb: z.enum(['create', 'update', 'delete']),
  resource: z.strictObject({ kind: name(100), name: z.string().max(500), id: name(500).exactOptional() }),
  summary: sentence,
  proof,
  repeat: z.enum(['safe', 'after-settle']),
  membersOnly: z.literal(true).exactOptional(),
  releases: z.array(name(300)).max(100).exactOptional(),
  disruption: z.enum(disruptions),
  claim: claim.exactOptional(),
  op: json,
});

const refusal = z.strictObject({
  reason: aReason,
  text: sentence,
  field: aField.exactOptional(),
  remedy: sentence.exactOptional(),
  listener: aListener.exactOptional(),
});

export const planShape = z.strictObject({
  steps: z.array(step).max(10_000),
  refusals: z.array(refusal).max(1_000),
  wait: z.strictObject({ reason: aReason, text: sentence, retryAfterMs: aWait.exactOptional(), on: aKey.exactOptional() }).exactOptional(),
});

/** The plan of an answer; what is in it is held against the contract by the engine. @throws LbError `BadAnswer` */
export const parsePlan = (result: unknown): Plan<Json> => parsed(planShape, result, 'plan');
