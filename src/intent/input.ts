import { digestOf } from '../model/digest.ts';
import type { Digest } from '../model/ids.ts';
import type { ServicePortView, ServiceView } from '../model/service-view.ts';
import { parseCidr } from '../net/ip.ts';
import { portableRows } from '../settings/portable.ts';
import { isWatched } from '../settings/watched.ts';

/**
 * What the Service itself says, as far as it can change what is served, refused or shown: contract A7 plus the traffic
 * policies' and families' fields, and the annotations that are read or warned about. Not status, labels, selector,
 * finalizers, `portolan.dev/approve` or anything of other controllers: those wake nobody.
 */
export interface ServiceInput {
  readonly type: string;
  readonly loadBalancerClass?: string;
  readonly loadBalancerIP?: string;
  /** As a set: canonical where they parse, sorted. */
  readonly sourceRanges: readonly string[];
  readonly externalTrafficPolicy: string;
  readonly healthCheckNodePort: number;
  readonly affinity: string | number;
  readonly ipFamilies: readonly string[];
  readonly ipFamilyPolicy?: string;
  readonly ports: readonly ServicePortView[];
  readonly annotations: Readonly<Record<string, string>>;
}

const rangeKeys: ReadonlySet<string> = new Set(portableRows.sourceRanges.annotations);

/** What the Service itself says, compiled. */
export function inputOf(service: ServiceView): ServiceInput {
  const annotations = Object.entries(service.annotations)
    .filter(([key]) => isWatched(key))
    .map(([key, text]) => [key, rangeKeys.has(key) ? rangeSet(text.trim().split(',')).join(',') : text] as const);
  return {
    type: service.type,
    ...(service.loadBalancerClass === undefined ? {} : { loadBalancerClass: service.loadBalancerClass }),
    ...(service.loadBalancerIP === undefined || service.loadBalancerIP === '' ? {} : { loadBalancerIP: service.loadBalancerIP }),
    sourceRanges: rangeSet(service.sourceRanges),
    externalTrafficPolicy: service.externalTrafficPolicy,
    healthCheckNodePort: service.healthCheckNodePort,
    affinity: service.sessionAffinity === 'ClientIP' ? service.affinityTimeoutSeconds : 'None',
    ipFamilies: service.ipFamilies,
    ...(service.ipFamilyPolicy === undefined ? {} : { ipFamilyPolicy: service.ipFamilyPolicy }),
    ports: service.ports,
    annotations: Object.fromEntries(annotations),
  };
}

/** Equal digests: the Service asks for the same thing in the same words, so it need not be looked at again. */
export const inputDigestOf = (service: ServiceView): Digest => digestOf(inputOf(service));

function rangeSet(texts: readonly string[]): readonly string[] {
  return [...new Set(texts.map((text) => parseCidr(text.trim()) ?? text.trim()))].sort();
}
