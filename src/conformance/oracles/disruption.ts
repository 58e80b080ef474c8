import { disruptions } from '../../model/plan.ts';
import { isGone, isSpec, type LoadBalancerSpec } from '../../model/spec.ts';
import { mutationsOf, type Course, type Mutation } from './mutations.ts';
import type { Oracle } from './oracle.ts';
import { approved, saidMeanwhile, unasked, unwanted } from './permission.ts';

/** Nobody loses an address, a listener or a load balancer unasked. */
export const disruption: Oracle<Course> = {
  name: 'no disruption without approval',
  rows: ['design-6', 'idea-6', 'P3'],
  promise:
    'a step that loses something runs only with its code on the Service, where the class allows it, or because the Service wants no load balancer; where it is released nothing is lost',
  violations: (course) => {
    const begun = new Map<string, Begun>();
    return mutationsOf(course.trace).flatMap((mutation) => {
      const byClass = classChange(course, mutation, begun);
      const wrong = wrongIn(course, mutation, byClass);
      return wrong === undefined
        ? []
        : [`step ${mutation.step.id} (${mutation.step.summary}, ${mutation.step.disruption}) of ${mutation.key} ran ${wrong}`];
    });
  },
};

function wrongIn(course: Course, { step, key, plan, position }: Mutation, byClass: boolean): string | undefined {
  if (key === undefined || plan === undefined) return undefined; // ownership says so
  const said = saidMeanwhile(course, key, plan, position);
  const { want } = plan.call;
  if (want !== undefined && isGone(want)) {
    if (want.leave === 'everything' && (step.verb === 'delete' || step.disruption !== 'none')) return 'although everything is to be left';
    return unwanted(said) ? undefined : 'although the Service wants its load balancer';
  }
  if (approved(key, step, said)) return undefined;
  if (byClass && disruptions.indexOf(step.disruption) > disruptions.indexOf('drains'))
    return 'unapproved for a change that nobody made to the Service';
  return unasked(step, said) ? undefined : 'without approval';
}

/** What was begun last for a load balancer. */
interface Begun {
  readonly spec: LoadBalancerSpec<unknown>;
  readonly position: number;
}

/**
 * Whether a change is made to what a Service asks for in the same words as before. Remembers what was begun last; where
 * somebody took the record off since, nobody can remember.
 */
function classChange({ chronicle }: Course, { step, key, plan, position }: Mutation, begun: Map<string, Begun>): boolean {
  const want = plan?.call.want;
  if (key === undefined || want === undefined || !isSpec(want)) return false;
  const before = begun.get(key);
  const known = before === undefined || chronicle.wasWiped(before.position, position) ? undefined : before.spec;
  const changed = known !== undefined && known.inputDigest === want.inputDigest && known.specDigest !== want.specDigest;
  if (step.membersOnly !== true && !changed) begun.set(key, { spec: want, position });
  return changed;
}
