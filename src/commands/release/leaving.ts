import { isReleased, type Claimed } from '../../intent/claim.ts';
import type { ServiceKey } from '../../model/ids.ts';
import type { JsonObject } from '../../model/json.ts';
import type { AnyStep } from '../../model/plan.ts';
import type { ServiceView } from '../../model/service-view.ts';
import { controlKeys } from '../../settings/portable.ts';
import { errorJson } from '../look/look-json.ts';
import { classOf, type Look } from '../look/look.ts';
import type { Looker } from '../look/looker.ts';

/** Something that goes on serving without us. */
export type Left = AnyStep['resource'];

/**
 * What releasing a Service comes to. `to-release`: there is something to do, be it only to say so before it is claimed.
 * `left-behind`: it is of a class this configuration does not have, so no controller of it could do it.
 */
export interface Leaving {
  readonly service: ServiceView;
  readonly state: 'to-release' | 'released' | 'not-ours' | 'left-behind';
  readonly claim: Claimed;
  /** As the controller would see it with the wish on it; absent where there is nothing to do. */
  readonly look?: Look;
  readonly left: readonly Left[];
}

/** Looks at a Service as if it carried the wish. */
export async function leavingOf(service: ServiceView, looker: Looker): Promise<Leaving> {
  const claim = looker.claim(service);
  const plain = { service, claim, left: [] };
  if (claim.kind === 'left-behind') return { ...plain, state: 'left-behind' };
  if (claim.kind === 'foreign' && claim.why === 'released') return { ...plain, state: 'released' };
  if (claim.kind !== 'ours') return { ...plain, state: 'not-ours' };
  const look = await looker.look({ ...service, annotations: { ...service.annotations, [controlKeys.release]: 'true' } });
  return { service, claim, state: 'to-release', look, left: leftBy(look) };
}

/** The things a mark is taken off, each once. */
function leftBy({ steps }: Look): readonly Left[] {
  const things = new Map(steps.map(({ resource }) => [`${resource.kind} ${resource.id ?? resource.name}`, resource]));
  return [...things.values()];
}

/** What became of a release that was begun. */
export interface Ended {
  readonly released: boolean;
  /** Why it has not ended, as far as the Service says. */
  readonly why?: string;
}

export function leavingJson({ service, state, claim, look, left }: Leaving, ended: Ended | undefined): JsonObject {
  const klass = classOf({ claim });
  return {
    service: service.key,
    ...(klass === undefined ? {} : { class: klass.id, provider: klass.provider }),
    outcome: ended === undefined ? state : ended.released ? 'released' : 'unfinished',
    ...(ended?.why === undefined ? {} : { why: ended.why }),
    ...(state === 'to-release' && ended === undefined && isReleased(service) ? { underWay: true } : {}),
    left: left.map((thing) => ({ ...thing })),
    ...(look?.error === undefined ? {} : { error: errorJson(look.error) }),
  };
}

export type EndedByKey = ReadonlyMap<ServiceKey, Ended>;
