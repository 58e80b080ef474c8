/** How a cloud's annotation says that a load balancer is internal, and how it says that it is not. Compared without case. */
export interface InternalAnnotation {
  readonly key: string;
  readonly cloud: string;
  /** Values that mean internal; `any` = every value that is not in `public`. */
  readonly internal: readonly string[] | 'any';
  readonly public: readonly string[];
}

const yes = { internal: ['true'], public: ['false', ''] } as const;
const beta = 'service.beta.kubernetes.io';

/**
 * Every cloud's way to ask for an internal load balancer: on every provider it means internal, the safe reading (design §8).
 * What means public is believed only on the provider whose key it is.
 */
export const internalAnnotations: readonly InternalAnnotation[] = [
  { key: `${beta}/openstack-internal-load-balancer`, cloud: 'OpenStack', ...yes },
  { key: `${beta}/aws-load-balancer-internal`, cloud: 'AWS', internal: 'any', public: ['false', '0', 'no', ''] },
  { key: `${beta}/aws-load-balancer-scheme`, cloud: 'AWS', internal: ['internal'], public: ['internet-facing'] },
  { key: `${beta}/azure-load-balancer-internal`, cloud: 'Azure', ...yes },
  { key: `${beta}/oci-load-balancer-internal`, cloud: 'Oracle', ...yes },
  { key: `${beta}/cce-load-balancer-internal-vpc`, cloud: 'Baidu', ...yes },
  { key: 'networking.gke.io/load-balancer-type', cloud: 'Google', internal: ['internal'], public: ['external'] },
  { key: 'cloud.google.com/load-balancer-type', cloud: 'Google', internal: ['internal'], public: ['external'] },
  { key: 'service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type', cloud: 'IBM', internal: ['private'], public: ['public'] },
  { key: `${beta}/alibaba-cloud-loadbalancer-address-type`, cloud: 'Alibaba', internal: ['intranet'], public: ['internet'] },
  { key: 'service.kubernetes.io/qcloud-loadbalancer-internal-subnetid', cloud: 'Tencent', internal: 'any', public: [] },
];

/** What a value of such an annotation says; `unclear` = a value its cloud does not have. */
export function readInternal(annotation: InternalAnnotation, value: string): 'internal' | 'public' | 'unclear' {
  const text = value.trim().toLowerCase();
  if (annotation.public.includes(text)) return 'public';
  return annotation.internal === 'any' || annotation.internal.includes(text) ? 'internal' : 'unclear';
}
