import type { Json } from '../model/json.ts';
import type { Family } from '../net/ip.ts';
import type { Cluster } from './cluster.ts';
import type { Controller } from './controllers.ts';
import { create } from './create.ts';
import { EndpointPlaces } from './endpoint-places.ts';
import type { KubeObject } from './kube-object.ts';
import { phaseOf } from './namespaces.ts';
import { forget } from './remove.ts';
import type { ResourceType } from './resource-type.ts';
import { asService, type ServiceObject } from './services/service-object.ts';
import { storeKey } from './store.ts';
import { update } from './update.ts';

const [services, nodes, slices] = ['v1/services', 'v1/nodes', 'discovery.k8s.io/v1/endpointslices'];
const manager = 'endpointslice-controller.k8s.io';
const endpointsPerSlice = 1000;
const options = { dryRun: false, strict: false };

/**
 * Plays pods and the controller of their EndpointSlices: a Service with a selector has one ready endpoint on each node,
 * at the node's own address, or on the nodes its annotation names.
 */
export function endpointSliceController(cluster: Cluster): Controller {
  const places = new EndpointPlaces(cluster.store.collection(nodes));
  const type = cluster.catalogue.find('discovery.k8s.io', 'v1', 'endpointslices');
  return (collection, change) => {
    if (type === undefined) return;
    if (collection === services) reconcile(cluster, places, type, change.key);
    if (collection !== nodes || !places.refresh()) return;
    for (const key of cluster.store.collection(services).keys('', '')) reconcile(cluster, places, type, key);
  };
}

function reconcile(cluster: Cluster, places: EndpointPlaces, type: ResourceType, key: string): void {
  const stored = cluster.store.collection(services).get(key);
  const [namespace = '', name = ''] = key.split('/');
  const wanted = new Map((stored === undefined ? [] : slicesOf(asService(stored), places)).map((slice) => [slice.metadata.name, slice]));
  for (const existing of slicesThere(cluster, namespace, name)) {
    const target = { type, namespace, name: existing.metadata.name ?? '' };
    const slice = wanted.get(target.name);
    if (slice === undefined || existing.metadata.ownerReferences?.[0]?.uid !== stored?.metadata.uid) {
      forget(cluster, target, existing);
    } else {
      wanted.delete(target.name);
      update(cluster, target, slice, existing, options);
    }
  }
  if (!mayCreate(cluster, namespace, stored)) return;
  for (const slice of wanted.values()) create(cluster, { type, namespace }, slice, options);
}

/** The slices of a Service that this controller made. */
function slicesThere(cluster: Cluster, namespace: string, service: string): readonly KubeObject[] {
  const collection = cluster.store.collection(slices);
  const prefix = storeKey(namespace, `${service}-`);
  const all = collection.keys(prefix, prefix).flatMap((key) => collection.get(key) ?? []);
  return all.filter(({ metadata: { labels = {} } }) => {
    return labels['kubernetes.io/service-name'] === service && labels['endpointslice.kubernetes.io/managed-by'] === manager;
  });
}

function mayCreate(cluster: Cluster, namespace: string, service: KubeObject | undefined): boolean {
  const home = cluster.store.collection('v1/namespaces').get(namespace);
  return home !== undefined && phaseOf(home) !== 'Terminating' && service?.metadata.deletionTimestamp === undefined;
}

function slicesOf(service: ServiceObject, places: EndpointPlaces): readonly KubeObject[] {
  if (service.spec.selector === undefined || service.spec.type === 'ExternalName') return [];
  return (service.spec.ipFamilies ?? []).flatMap((family) => {
    if (family !== 'IPv4' && family !== 'IPv6') return [];
    const all = places.endpoints(service, family);
    const count = Math.max(1, Math.ceil(all.length / endpointsPerSlice));
    return Array.from({ length: count }, (_, index) => {
      const endpoints = count === 1 ? all : all.slice(index * endpointsPerSlice, (index + 1) * endpointsPerSlice);
      return sliceOf(service, family, endpoints, index);
    });
  });
}

function sliceOf(service: ServiceObject, family: Family, endpoints: readonly Json[], index: number): KubeObject {
  const { name = '', namespace = '', uid = '' } = service.metadata;
  return {
    kind: 'EndpointSlice',
    apiVersion: 'discovery.k8s.io/v1',
    metadata: {
      name: `${name}-${family.toLowerCase()}${index === 0 ? '' : `-${index + 1}`}`,
      namespace,
      labels: { 'kubernetes.io/service-name': name, 'endpointslice.kubernetes.io/managed-by': manager },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name, uid, controller: true }],
    },
    addressType: family,
    endpoints,
    ports: (service.spec.ports ?? []).map((port) => ({
      name: port.name ?? '',
      protocol: port.protocol ?? 'TCP',
      // A port named in the pods has no number here: the played pods listen on the Service's own.
      port: typeof port.targetPort === 'number' ? port.targetPort : port.port,
      ...(port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol }),
    })),
  };
}
