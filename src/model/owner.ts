import { clusterId, parseLoadBalancerKey, type ClusterId, type LoadBalancerKey, type ServiceKey, type ServiceUid } from './ids.ts';

/** Who owns a load balancer: proved by marks, never by a name. */
export interface Owner {
  readonly clusterId: ClusterId;
  readonly key: LoadBalancerKey;
  /** The Services it serves; one in the first version. Names are for people, the UIDs are the identity. */
  readonly services: readonly { readonly uid: ServiceUid; readonly name: ServiceKey }[];
}

/** What is written on a thing in the cloud, in the create call itself, and read back as proof of ownership. */
export type Marks = Readonly<Record<string, string>>;

export const clusterMark = 'portolan.dev/cluster';
export const keyMark = 'portolan.dev/key';
/** For people only: never compared. */
export const nameMark = 'portolan.dev/service';

/** The marks everything of this owner carries. */
export function marksOf(owner: Owner): Marks {
  const names = owner.services.map((service) => service.name).join(',');
  return { [clusterMark]: owner.clusterId, [keyMark]: owner.key, ...(names === '' ? {} : { [nameMark]: names }) };
}

/** Whether these marks prove that the thing belongs to this owner. */
export function proves(marks: Marks, owner: Owner): boolean {
  return marks[clusterMark] === owner.clusterId && marks[keyMark] === owner.key;
}

/** Whose mark this is; undefined where there is none or only half of one. */
export function ownerOfMarks(marks: Marks): { clusterId: ClusterId; key: LoadBalancerKey } | undefined {
  const [cluster, key] = [marks[clusterMark], parseLoadBalancerKey(marks[keyMark] ?? '')];
  return cluster === undefined || cluster === '' || key === undefined ? undefined : { clusterId: clusterId(cluster), key };
}
