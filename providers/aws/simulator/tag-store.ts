import type { Marks } from '../../../src/model/owner.ts';
import { refused, type AmazonCode } from './amazon-error.ts';
import type { AmazonState } from './amazon-state.ts';

type Api = 'elb' | 'ec2';
const codes = {
  elb: { invalid: 'ValidationError', tooMany: 'TooManyTags' },
  ec2: { invalid: 'InvalidParameterValue', tooMany: 'TagLimitExceeded' },
} as const satisfies Record<Api, Record<string, AmazonCode>>;

/** Refuses tags that Amazon would: their number, their length, keys under `aws:`. */
export function checkTags(state: AmazonState, tags: Marks, api: Api): void {
  const entries = Object.entries(tags);
  if (entries.length > state.quotas.tags) throw refused(codes[api].tooMany, `a thing has ${state.quotas.tags} tags at most`);
  for (const [key, value] of entries) {
    if (key.length < 1 || key.length > 128 || key.startsWith('aws:')) throw refused(codes[api].invalid, `a tag may not be called '${key}'`);
    if (value.length > 256) throw refused(codes[api].invalid, `the value of tag '${key}' is longer than 256`);
  }
}

/** @throws LbError as `missing` says, where one of the ids is not there: then none was tagged */
export function addTags(state: AmazonState, ids: readonly string[], tags: Marks, api: Api, missing: (id: string) => Error): void {
  const tagged = ids.map((id) => [id, { ...known(state, id, missing), ...tags }] as const);
  checkTags(state, tags, api);
  for (const [, marks] of tagged) checkTags(state, marks, api);
  for (const [id, marks] of tagged) state.tags.set(id, marks);
}

/** A key that is not there is no error. @throws LbError as `addTags` */
export function removeTags(state: AmazonState, ids: readonly string[], keys: readonly string[], missing: (id: string) => Error): void {
  const left = ids.map((id) => {
    const marks = known(state, id, missing);
    return [id, Object.fromEntries(Object.entries(marks).filter(([key]) => !keys.includes(key)))] as const;
  });
  for (const [id, marks] of left) state.tags.set(id, marks);
}

function known(state: AmazonState, id: string, missing: (id: string) => Error): Marks {
  const marks = state.tags.get(id);
  if (marks === undefined) throw missing(id);
  return marks;
}
