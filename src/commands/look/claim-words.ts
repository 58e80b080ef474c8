import { isReleased, type Claimed } from '../../intent/claim.ts';
import { finalizerOf, type LoadBalancerClass } from '../../model/load-balancer-class.ts';
import type { ServiceView } from '../../model/service-view.ts';
import { controlKeys } from '../../settings/portable.ts';

/** Whose business a Service is, and by what, in one sentence. */
export function claimWords(claim: Claimed, service: ServiceView, classes: readonly LoadBalancerClass[]): string {
  switch (claim.kind) {
    case 'ours':
      return `${byWhat(claim)}; provider ${claim.class.provider}${claim.wanted ? '' : unwanted(service)}.`;
    case 'held':
      return `Nobody's yet: without a class it would be of class ${claim.class.id}, but the finalizer ${claim.finalizer} says that another controller serves it.`;
    case 'left-behind':
      return `Left behind: its finalizer ${finalizerOf(claim.classId)} names a class this configuration does not ${classes.some(({ id }) => id === claim.classId) ? 'serve under its present name' : 'have'}, so nothing of it is touched.`;
    case 'foreign':
      return foreign(claim.why, service, classes);
  }
}

const unwanted = (service: ServiceView): string =>
  isReleased(service)
    ? '. It is being released, so what there is stays and is left to others'
    : '. It wants no load balancer of this class any more, so what there is goes';

function byWhat({ class: klass, by }: Extract<Claimed, { readonly kind: 'ours' }>): string {
  switch (by) {
    case 'finalizer':
      return `Of class ${klass.id} (${klass.name}), whose finalizer ${klass.finalizer} it carries`;
    case 'class':
      return `Of class ${klass.id}, because spec.loadBalancerClass is ${klass.name}`;
    case 'default':
      return `Of class ${klass.id} (${klass.name}), the default for Services without a class`;
  }
}

function foreign(
  why: Extract<Claimed, { readonly kind: 'foreign' }>['why'],
  service: ServiceView,
  classes: readonly LoadBalancerClass[],
): string {
  const names = classes.map(({ name }) => name).join(', ');
  switch (why) {
    case 'not-load-balancer':
      return `Not ours: spec.type is ${service.type}, which asks for no load balancer.`;
    case 'other-class':
      return `Not ours: spec.loadBalancerClass is ${service.loadBalancerClass ?? ''}; this configuration has ${names}.`;
    case 'no-default-class':
      return `Not ours: it names no class, and of ${names} none is the default.`;
    case 'released':
      return `Not ours: it was released, and stays so while ${controlKeys.release} is "true".`;
    case 'deleting':
      return 'Not ours: it is being deleted and carries no finalizer of ours, so there is nothing to take away.';
  }
}
