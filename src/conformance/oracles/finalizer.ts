import { readRecord } from '../../controller/record.ts';
import type { AtRest, ServiceAtRest } from './at-rest.ts';
import type { Oracle } from './oracle.ts';

/** The finalizer says that there is something to clean up, no more and no less. */
export const finalizerRight: Oracle<AtRest> = {
  name: 'finalizer right',
  rows: ['B2', 'C9', 'D3', 'P4', 'P14'],
  promise: 'our finalizer is on a Service exactly where it has or may have something of ours',
  violations: ({ services }) => services.flatMap((service) => wrongIn(service).map((text) => `${service.view.key} ${text}`)),
};

function wrongIn({ view, class: klass, finalizers, wanted, things, tried }: ServiceAtRest): readonly string[] {
  const record = readRecord(view.conditions);
  if (klass === undefined)
    return finalizers.length > 0 || record !== undefined ? ['is none of ours and carries our finalizer or record'] : [];
  if (!wanted) {
    if (finalizers.length > 0)
      return [`wants no load balancer${view.deleting ? ' and cannot go' : ''}, and ${finalizers.join(', ')} is on it`];
    return record === undefined ? [] : ['wants no load balancer and carries a record'];
  }
  const own = klass.finalizer;
  const others = finalizers.filter((finalizer) => finalizer !== own).map((finalizer) => `carries ${finalizer} of another class`);
  if (things.length > 0 && !finalizers.includes(own)) return [...others, 'has a load balancer and no finalizer'];
  // Where somebody wiped the record of what was begun, the finalizer is all that is left to tell of it.
  if (things.length === 0 && record === undefined && !tried && finalizers.includes(own))
    return [...others, 'has a finalizer, and nothing to clean up'];
  if (record !== undefined && !finalizers.includes(own)) return [...others, 'has a record and no finalizer'];
  return others;
}
