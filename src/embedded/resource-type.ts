import { eventsInCore, type StoredForm } from './stored-form.ts';
import type { StructShape } from './shape.ts';
import {
  configMapShape,
  coreEventShape,
  endpointSliceShape,
  eventShape,
  leaseShape,
  namespaceShape,
  nodeShape,
  openShape,
  secretShape,
  serviceShape,
} from './kind-shapes.ts';

/** A resource the API serves: one row of discovery, one collection of the store. */
export interface ResourceType {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly shortNames: readonly string[];
  /** Names for several kinds at once: `kubectl get all`. */
  readonly categories: readonly string[];
  /** A whole collection can be deleted at once. */
  readonly severalAtOnce: boolean;
  readonly namespaced: boolean;
  /** Has a /status of its own: what is written there and what to the object itself are kept apart. */
  readonly status: boolean;
  /** Counts changes of everything but metadata and status in `metadata.generation`. */
  readonly generation: boolean;
  /** A kind of Kubernetes itself: items of lists carry neither kind nor apiVersion, strategic merge works. */
  readonly builtIn: boolean;
  readonly shape: StructShape;
  /** Set where another group's collection holds the objects. */
  readonly storedForm?: StoredForm;
}

interface Row {
  kind: string;
  plural?: string;
  short?: readonly string[];
  categories?: readonly string[];
  scope?: 'Namespaced' | 'Cluster';
  status?: boolean;
  generation?: boolean;
  shape?: StructShape;
  storedForm?: StoredForm;
}

const builtIn = (groupVersion: string, rows: readonly Row[]): ResourceType[] => {
  const [version = '', group = ''] = groupVersion.split('/').toReversed();
  return rows.map((row) => ({
    group,
    version,
    kind: row.kind,
    plural: row.plural ?? `${row.kind.toLowerCase()}s`,
    singular: row.kind.toLowerCase(),
    shortNames: row.short ?? [],
    categories: row.categories ?? [],
    severalAtOnce: row.kind !== 'Namespace',
    namespaced: row.scope !== 'Cluster',
    status: row.status ?? false,
    generation: row.generation ?? false,
    builtIn: true,
    shape: row.shape ?? openShape(row.kind),
    ...(row.storedForm === undefined ? {} : { storedForm: row.storedForm }),
  }));
};

const inAll = { categories: ['all'] };
const spread = { status: true, generation: true };
const workload = { ...spread, ...inAll };

/** What is served from the start: what load balancing needs, and what manifests of older tutorials name. */
export const builtInTypes: readonly ResourceType[] = [
  ...builtIn('v1', [
    { kind: 'Namespace', short: ['ns'], scope: 'Cluster', status: true, shape: namespaceShape },
    { kind: 'Node', short: ['no'], scope: 'Cluster', status: true, shape: nodeShape },
    { kind: 'Service', short: ['svc'], ...inAll, status: true, shape: serviceShape },
    { kind: 'Event', short: ['ev'], shape: coreEventShape },
    { kind: 'Endpoints', plural: 'endpoints', short: ['ep'] },
    { kind: 'ConfigMap', short: ['cm'], shape: configMapShape },
    { kind: 'Secret', shape: secretShape },
    { kind: 'Pod', short: ['po'], ...workload },
    { kind: 'ServiceAccount', short: ['sa'] },
    // Nobody keeps to them here; `kubectl describe namespace` asks for them.
    { kind: 'ResourceQuota', short: ['quota'], status: true },
    { kind: 'LimitRange', short: ['limits'] },
  ]),
  ...builtIn('apps/v1', [
    { kind: 'Deployment', short: ['deploy'], ...workload },
    { kind: 'DaemonSet', short: ['ds'], ...workload },
    { kind: 'StatefulSet', short: ['sts'], ...workload },
    { kind: 'ReplicaSet', short: ['rs'], ...workload },
  ]),
  ...builtIn('apps/v1beta1', [{ kind: 'Deployment', ...workload }]),
  ...builtIn('coordination.k8s.io/v1', [{ kind: 'Lease', shape: leaseShape }]),
  ...builtIn('discovery.k8s.io/v1', [{ kind: 'EndpointSlice', generation: true, shape: endpointSliceShape }]),
  ...builtIn('events.k8s.io/v1', [{ kind: 'Event', short: ['ev'], shape: eventShape, storedForm: eventsInCore }]),
  ...builtIn('networking.k8s.io/v1', [{ kind: 'Ingress', plural: 'ingresses', short: ['ing'], ...spread }]),
  ...builtIn('extensions/v1beta1', [{ kind: 'Ingress', plural: 'ingresses', ...spread }]),
  ...builtIn('rbac.authorization.k8s.io/v1', [
    { kind: 'Role' },
    { kind: 'RoleBinding' },
    { kind: 'ClusterRole', scope: 'Cluster' },
    { kind: 'ClusterRoleBinding', scope: 'Cluster' },
  ]),
  ...builtIn('apiextensions.k8s.io/v1', [
    {
      kind: 'CustomResourceDefinition',
      short: ['crd', 'crds'],
      categories: ['api-extensions'],
      scope: 'Cluster',
      status: true,
      generation: true,
    },
  ]),
];

/** A resource nobody declared, as the first write to it shows it. */
export function customType(
  fields: Pick<ResourceType, 'group' | 'version' | 'plural' | 'kind' | 'namespaced'> & Partial<ResourceType>,
): ResourceType {
  return {
    singular: fields.kind.toLowerCase(),
    shortNames: [],
    categories: [],
    severalAtOnce: true,
    status: false,
    generation: true,
    builtIn: false,
    shape: openShape(fields.kind),
    ...fields,
  };
}

/** `group/version` as manifests write it. */
export const apiVersionOf = (type: Pick<ResourceType, 'group' | 'version'>): string =>
  type.group === '' ? type.version : `${type.group}/${type.version}`;
