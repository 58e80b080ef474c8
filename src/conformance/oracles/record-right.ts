import { readRecord } from '../../controller/record.ts';
import { saysTrue } from '../../controller/short-cut.ts';
import { inputDigestOf } from '../../intent/input.ts';
import { conditionTypes } from '../../model/condition.ts';
import type { AtRest, ServiceAtRest } from './at-rest.ts';
import type { Oracle } from './oracle.ts';

/** The record of what was applied is true: a restart may go by it. */
export const recordRight: Oracle<AtRest> = {
  name: 'record right',
  rows: ['design-4', 'idea-3'],
  promise: 'a Service that is served as it asks has the record of exactly that',
  violations: ({ services }) => services.flatMap((service) => wrongIn(service).map((text) => `${service.view.key}: ${text}`)),
};

function wrongIn({ view, class: klass, wanted, things, intent }: ServiceAtRest): readonly string[] {
  if (!wanted || klass?.mode !== 'apply' || !saysTrue(view, conditionTypes.programmed)) return [];
  const record = readRecord(view.conditions);
  if (record === undefined) return ['programmed without a record'];
  const wrong: string[] = [];
  if (!record.applied) wrong.push('programmed, and the record says that it is not applied');
  if (record.input !== inputDigestOf(view)) wrong.push('the record is of other words than the Service says now');
  if (intent?.kind === 'spec' && record.spec !== intent.spec.specDigest)
    wrong.push('the record is of another spec than the Service comes to now');
  const main = things.find((thing) => thing.main);
  if (record.id !== main?.id) wrong.push(`the record names ${record.id ?? 'nothing'}, there is ${main?.id ?? 'nothing'}`);
  return wrong;
}
