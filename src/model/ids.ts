/**
 * Branded strings: things that look alike and must not be mixed. A brand costs nothing at run time; the functions here
 * are the only places that make them from plain text.
 */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** `namespace/name` of a Service. */
export type ServiceKey = Branded<'ServiceKey'>;
/** `metadata.uid` of a Service: its identity; the key may be used again by another one. */
export type ServiceUid = Branded<'ServiceUid'>;
/** Which cluster owns a thing in the cloud; by default the UID of the namespace kube-system. */
export type ClusterId = Branded<'ClusterId'>;
/** Name of an entry under `providers:`; for ever, because it is in the mark of things the cluster shares. */
export type ProviderName = Branded<'ProviderName'>;
/** `id` of a class; for ever, because it is in the finalizer. */
export type ClassId = Branded<'ClassId'>;
/** The unit of work: `service/<uid>`, `shared/<namespace>/<name>` or `cluster/<provider>`. */
export type LoadBalancerKey = Branded<'LoadBalancerKey'>;
/** Digest of canonical JSON: 16 hexadecimal digits. */
export type Digest = Branded<'Digest'>;
/** Name of a step, the same each time the same change is planned: `pool/TCP/80/members`. */
export type StepId = Branded<'StepId'>;
/** How the cloud names a thing: an ARN, a UUID, an address. */
export type CloudId = Branded<'CloudId'>;
/** Protocol and port: `TCP/80`. Never the port alone: TCP and UDP 53 are two listeners. */
export type ListenerId = Branded<'ListenerId'>;
/** A place in what the user wrote: `spec.loadBalancerIP`, an annotation's full key, `classes[aws].settings.scheme`. */
export type FieldPath = Branded<'FieldPath'>;
/** Name of a row of a settings table. */
export type SettingName = Branded<'SettingName'>;

export type Protocol = 'TCP' | 'UDP' | 'SCTP';

export const serviceKey = (namespace: string, name: string): ServiceKey => `${namespace}/${name}` as ServiceKey;
export const serviceUid = (uid: string): ServiceUid => uid as ServiceUid;
export const clusterId = (id: string): ClusterId => id as ClusterId;
export const providerName = (name: string): ProviderName => name as ProviderName;
export const classId = (id: string): ClassId => id as ClassId;
export const stepId = (id: string): StepId => id as StepId;
export const cloudId = (id: string): CloudId => id as CloudId;
export const fieldPath = (path: string): FieldPath => path as FieldPath;
export const settingName = (name: string): SettingName => name as SettingName;
export const listenerId = (protocol: Protocol, port: number): ListenerId => `${protocol}/${port}` as ListenerId;
export const serviceLoadBalancer = (uid: ServiceUid): LoadBalancerKey => `service/${uid}` as LoadBalancerKey;
export const clusterUnit = (provider: ProviderName): LoadBalancerKey => `cluster/${provider}` as LoadBalancerKey;

/** The Service a key stands for; undefined for the other kinds of key. */
export function serviceOfKey(key: LoadBalancerKey): ServiceUid | undefined {
  return key.startsWith('service/') ? serviceUid(key.slice('service/'.length)) : undefined;
}

const keyShape = /^(service\/[^/]+|shared\/[^/]+\/[^/]+|cluster\/[^/]+)$/;

/** A key read back from a cloud's mark; undefined where the text is none. */
export function parseLoadBalancerKey(text: string): LoadBalancerKey | undefined {
  return keyShape.test(text) ? (text as LoadBalancerKey) : undefined; // shape just checked
}

/** Protocol and port of a listener id. */
export function listenerParts(id: ListenerId): { protocol: Protocol; port: number } {
  const slash = id.indexOf('/');
  return { protocol: id.slice(0, slash) as Protocol, port: Number(id.slice(slash + 1)) }; // made by listenerId only
}
