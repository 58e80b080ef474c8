import { proves, type Owner } from '../../model/owner.ts';
import type { AnyStep } from '../../model/plan.ts';
import { mutationsOf, type Course } from './mutations.ts';
import type { Oracle } from './oracle.ts';

/** Every mutation proves that it touches, or makes, what belongs to this cluster and to the load balancer of its pass. */
export const ownership: Oracle<Course> = {
  name: 'ownership',
  rows: ['idea-2', 'seed-11', 'seed-13'],
  promise: 'nothing is changed or deleted without proof that it is this load balancer of this cluster',
  violations: ({ trace, clusterOf }) =>
    mutationsOf(trace).flatMap(({ step, install, key, plan }) => {
      const owner = plan?.call.want?.owner;
      if (key === undefined || owner === undefined) return [`step ${step.id} (${step.summary}) is of no known load balancer`];
      if (owner.clusterId !== clusterOf(install)) return [`step ${step.id} is planned for another cluster: ${owner.clusterId}`];
      const wrong = wrongProof(step, owner);
      return wrong === undefined ? [] : [`step ${step.id} (${step.summary}) of ${owner.key} ${wrong}`];
    }),
};

function wrongProof({ proof, verb }: AnyStep, owner: Owner): string | undefined {
  if ('consent' in proof) {
    if (verb === 'delete') return 'deletes what it may only take over';
    return owner.services.some(({ uid }) => uid === proof.consent) ? undefined : 'takes over by the consent of a stranger';
  }
  if ('marks' in proof) return proves(proof.marks, owner) ? undefined : `touches ${proof.on}, which is not proved to be its own`;
  if (verb === 'delete') return 'deletes what it says it will make';
  return proves(proof.willMark, owner) ? undefined : 'makes something with the marks of another';
}
