/** The smaller answers: what was observed, what a step made, what there is, and nothing but "done". */
import * as z from 'zod';
import { parseLoadBalancerKey, type LoadBalancerKey } from '../../../src/model/ids.ts';
import type { OwnedThing } from '../../../src/model/capabilities.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { StepOutcome } from '../../../src/provider.ts';
import { parsed } from './parsed.ts';
import { aKey, jsonObject, line, marks, name } from './texts.ts';

export const observedShape = z.strictObject({ have: jsonObject });
export const outcomeShape = z.strictObject({ outputs: z.record(name(100), z.string().max(10_000)) });
export const doneShape = z.strictObject({});
export const changeShape = z.strictObject({ event: z.literal('changes'), key: z.union([z.literal('all-waiting'), aKey]) });

const thing = z
  .strictObject({
    kind: name(100),
    id: name(500),
    name: line(500),
    key: line(500),
    createdAt: z.number().min(0).exactOptional(),
    main: z.boolean(),
    details: jsonObject.exactOptional(),
    foreign: z.strictObject({ marks }).exactOptional(),
  })
  .refine(({ key, foreign }) => foreign !== undefined || parseLoadBalancerKey(key) !== undefined, 'has no key of a load balancer');
/** One page; `next` is where the next one begins, absent in the last one. */
export const pageShape = z.strictObject({ things: z.array(thing).max(100_000), next: name(10_000).exactOptional() });

/** @throws LbError `BadAnswer` */
export const parseObserved = (result: unknown): JsonObject => parsed(observedShape, result, 'observe').have;
/** @throws LbError `BadAnswer` */
export const parseOutcome = (result: unknown): StepOutcome => parsed(outcomeShape, result, 'apply');
/** @throws LbError `BadAnswer` */
export const parseDone = (result: unknown, verb: 'start' | 'close'): void => void parsed(doneShape, result, verb);
/** @throws LbError `BadAnswer` */
export const parsePage = (result: unknown): { readonly things: readonly OwnedThing[]; readonly next?: string } =>
  parsed(pageShape, result, 'inventory');
/** @throws LbError `BadAnswer` */
export const parseChange = (event: unknown): LoadBalancerKey | 'all-waiting' => parsed(changeShape, event, 'with an event').key;
