import type { DocumentKind } from '../provider.ts';

/** Paths of the API server. Names are escaped: what a caller passes is one segment, whatever it holds. */
const segment = encodeURIComponent;

export const allServices = '/api/v1/services';
export const allNodes = '/api/v1/nodes';

export const serviceStatusPath = (namespace: string, name: string): string =>
  `/api/v1/namespaces/${segment(namespace)}/services/${segment(name)}/status`;

export const servicesPath = (namespace: string): string => `/api/v1/namespaces/${segment(namespace)}/services`;

export const servicePath = (namespace: string, name: string): string =>
  `/api/v1/namespaces/${segment(namespace)}/services/${segment(name)}`;

export const namespacePath = (name: string): string => `/api/v1/namespaces/${segment(name)}`;

export const eventsPath = (namespace: string): string => `/api/v1/namespaces/${segment(namespace)}/events`;

export const leasesPath = (namespace: string): string => `/apis/coordination.k8s.io/v1/namespaces/${segment(namespace)}/leases`;

/** The collection of a kind: `/apis/<group>/<version>[/namespaces/<namespace>]/<plural>`; the core group is `''`. */
export function collectionPath(kind: DocumentKind): string {
  const root = kind.group === '' ? `/api/${segment(kind.version)}` : `/apis/${segment(kind.group)}/${segment(kind.version)}`;
  const scope = kind.namespace === undefined ? '' : `/namespaces/${segment(kind.namespace)}`;
  return `${root}${scope}/${segment(kind.plural)}`;
}

/** One object of a collection. */
export const objectPath = (collection: string, name: string): string => `${collection}/${segment(name)}`;
