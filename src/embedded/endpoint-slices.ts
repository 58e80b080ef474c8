import { familyOf, parseIp, type Family } from '../net/ip.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { keyOf, type Cluster } from './cluster.ts';
import type { Controller } from './controllers.ts';
import { create } from './create.ts';
import { frozen, isObject, type KubeObject } from './kube-object.ts';
import { forget } from './remove.ts';
import { asService, type ServiceObject } from './services/service-object.ts';
import { storeKey } from './store.ts';
import { update } from './update.ts';

/** Which nodes have an endpoint of a Service: a comma list of node names; empty = none; absent = every node. */
export const endpointsAnnotation = 'demo.portolan.dev/endpoints';

const [services, nodes, slices] = ['v1/services', 'v1/nodes', 'discovery.k8s.io/v1/endpointslices'];
const endpointsPerSlice = 1000;
const options = { dryRun: false, strict: false };

/**
 * Plays pods and the controller of their EndpointSlices: a Service with a selector has one ready endpoint on each node,
 * at the node's own address, or on the nodes its annotation names.
 */
export function endpointSliceController(cluster: Cluster): Controller {
  const places = new Places(cluster);
  return (collection, change) => {
    if (collection === nodes) {
      if (!places.refresh()) return;
      const all = cluster.store.collection(services);
      for (const key of all.keys('', '')) reconcile(cluster, places, key);
    } else if (collection === services) reconcile(cluster, places, change.key);
  };
}

/** One node as endpoints see it. */
interface Place {
  readonly node: string;
  readonly address: string;
  readonly endpoint: JsonObject;
}

/** Where endpoints can be, by family. Lists are shared by all slices that name every node. */
class Places {
  readonly #cluster: Cluster;
  #byFamily: Readonly<Record<Family, readonly Place[]>> = { IPv4: [], IPv6: [] };
  #everywhere: Readonly<Record<Family, readonly Json[]>> = { IPv4: [], IPv6: [] };
  #seen = '';

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Reads the nodes again. @returns whether anything that matters to endpoints changed. */
  refresh(): boolean {
    const collection = this.#cluster.store.collection(nodes);
    const all = collection.keys('', '').flatMap((key) => collection.get(key) ?? []);
    const byFamily = { IPv4: placesOf(all, 'IPv4'), IPv6: placesOf(all, 'IPv6') };
    const seen = JSON.stringify(byFamily);
    if (seen === this.#seen) return false;
    this.#seen = seen;
    this.#byFamily = byFamily;
    this.#everywhere = {
      IPv4: frozen(byFamily.IPv4.map((place) => place.endpoint)),
      IPv6: frozen(byFamily.IPv6.map((place) => place.endpoint)),
    };
    return true;
  }

  endpoints(service: ServiceObject, family: Family): readonly Json[] {
    const chosen = service.metadata.annotations?.[endpointsAnnotation];
    if (chosen === undefined) return this.#everywhere[family];
    const names = new Set(chosen.split(',').map((name) => name.trim()));
    return this.#byFamily[family].filter((place) => names.has(place.node)).map((place) => place.endpoint);
  }
}

function placesOf(all: readonly KubeObject[], family: Family): readonly Place[] {
  return all.flatMap((node) => {
    const name = node.metadata.name ?? '';
    const address = internalAddress(node, family);
    if (address === undefined || node.metadata.deletionTimestamp !== undefined) return [];
    const conditions = { ready: true, serving: true, terminating: false };
    const zone = node.metadata.labels?.['topology.kubernetes.io/zone'];
    return [
      { node: name, address, endpoint: { addresses: [address], conditions, nodeName: name, ...(zone === undefined ? {} : { zone }) } },
    ];
  });
}

function internalAddress(node: KubeObject, family: Family): string | undefined {
  const status = node['status'];
  const addresses = isObject(status) && Array.isArray(status['addresses']) ? (status['addresses'] as readonly Json[]) : []; // a list, just checked
  for (const entry of addresses) {
    if (!isObject(entry) || entry['type'] !== 'InternalIP' || typeof entry['address'] !== 'string') continue;
    const ip = parseIp(entry['address']);
    if (ip !== undefined && familyOf(ip) === family) return ip;
  }
  return undefined;
}

function reconcile(cluster: Cluster, places: Places, key: string): void {
  const stored = cluster.store.collection(services).get(key);
  const [namespace = '', name = ''] = key.split('/');
  const type = cluster.catalogue.find('discovery.k8s.io', 'v1', 'endpointslices');
  if (type === undefined) return;
  const wanted = new Map(
    (stored === undefined ? [] : slicesOf(asService(stored), places)).map((slice) => [slice.metadata.name ?? '', slice]),
  );
  const have = cluster.store.collection(slices);
  const prefix = storeKey(namespace, `${name}-`);
  for (const existing of have.keys(prefix, prefix).flatMap((at) => have.get(at) ?? [])) {
    const own = existing.metadata.name ?? '';
    const slice = wanted.get(own);
    const isOurs =
      existing.metadata.labels?.['kubernetes.io/service-name'] === name &&
      existing.metadata.labels['endpointslice.kubernetes.io/managed-by'] === manager;
    if (!isOurs) continue;
    if (slice === undefined || existing.metadata.ownerReferences?.[0]?.uid !== stored?.metadata.uid) {
      forget(cluster, { type, namespace, name: own }, existing);
      continue;
    }
    wanted.delete(own);
    update(cluster, { type, namespace, name: own }, slice, existing, options);
  }
  for (const [own, slice] of wanted) {
    if (have.get(keyOf({ type, namespace }, own)) === undefined && stored?.metadata.deletionTimestamp === undefined) {
      create(cluster, { type, namespace }, slice, options);
    }
  }
}

const manager = 'endpointslice-controller.k8s.io';

function slicesOf(service: ServiceObject, places: Places): readonly KubeObject[] {
  if (service.spec.selector === undefined || service.spec.type === 'ExternalName') return [];
  return (service.spec.ipFamilies ?? []).flatMap((family) => {
    if (family !== 'IPv4' && family !== 'IPv6') return [];
    const all = places.endpoints(service, family);
    const count = Math.max(1, Math.ceil(all.length / endpointsPerSlice));
    return Array.from({ length: count }, (_, index) => {
      const endpoints = count === 1 ? all : all.slice(index * endpointsPerSlice, (index + 1) * endpointsPerSlice);
      return slice(service, family, endpoints, index);
    });
  });
}

function slice(service: ServiceObject, family: Family, endpoints: readonly Json[], index: number): KubeObject {
  const { name = '', namespace = '', uid = '' } = service.metadata;
  const owner = { apiVersion: 'v1', kind: 'Service', name, uid, controller: true, blockOwnerDeletion: true };
  return {
    kind: 'EndpointSlice',
    apiVersion: 'discovery.k8s.io/v1',
    metadata: {
      name: `${name}-${family.toLowerCase()}${index === 0 ? '' : `-${index + 1}`}`,
      namespace,
      labels: { 'kubernetes.io/service-name': name, 'endpointslice.kubernetes.io/managed-by': manager },
      ownerReferences: [owner],
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
