import { familyOf, parseIp, type Family } from '../net/ip.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { isList } from './go-text.ts';
import { frozen, isObject, type KubeObject } from './kube-object.ts';
import type { ServiceObject } from './services/service-object.ts';
import type { Collection } from './store.ts';

/** Which nodes have an endpoint of a Service: a comma list of node names; empty = none; absent = every node. */
export const endpointsAnnotation = 'demo.portolan.dev/endpoints';

/** One node as endpoints see it. */
interface Place {
  readonly node: string;
  readonly endpoint: JsonObject;
}

type ByFamily<T> = Readonly<Record<Family, readonly T[]>>;

/** Where endpoints can be, by family. The list of all endpoints is one frozen array, shared by every slice that has them all. */
export class EndpointPlaces {
  readonly #nodes: Collection;
  #places: ByFamily<Place> = { IPv4: [], IPv6: [] };
  #everywhere: ByFamily<Json> = { IPv4: [], IPv6: [] };
  #seen = '';

  constructor(nodes: Collection) {
    this.#nodes = nodes;
  }

  /** Reads the nodes again. @returns whether anything that matters to endpoints changed. */
  refresh(): boolean {
    const nodes = this.#nodes.keys('', '').flatMap((key) => this.#nodes.get(key) ?? []);
    const places = { IPv4: placesOf(nodes, 'IPv4'), IPv6: placesOf(nodes, 'IPv6') };
    const seen = JSON.stringify(places);
    if (seen === this.#seen) return false;
    this.#seen = seen;
    this.#places = places;
    const all = (family: Family) => frozen(places[family].map((place) => place.endpoint));
    this.#everywhere = { IPv4: all('IPv4'), IPv6: all('IPv6') };
    return true;
  }

  endpoints(service: ServiceObject, family: Family): readonly Json[] {
    const chosen = service.metadata.annotations?.[endpointsAnnotation];
    if (chosen === undefined) return this.#everywhere[family];
    const names = new Set(chosen.split(',').map((name) => name.trim()));
    return this.#places[family].filter((place) => names.has(place.node)).map((place) => place.endpoint);
  }
}

function placesOf(nodes: readonly KubeObject[], family: Family): readonly Place[] {
  return nodes.flatMap((node) => {
    const { name = '', labels, deletionTimestamp } = node.metadata;
    const address = internalAddress(node, family);
    if (address === undefined || deletionTimestamp !== undefined) return [];
    const conditions = { ready: true, serving: true, terminating: false };
    const zone = labels?.['topology.kubernetes.io/zone'];
    return [{ node: name, endpoint: { addresses: [address], conditions, nodeName: name, ...(zone === undefined ? {} : { zone }) } }];
  });
}

function internalAddress(node: KubeObject, family: Family): string | undefined {
  const { status } = node;
  const addresses = isObject(status) && isList(status['addresses']) ? status['addresses'] : [];
  for (const entry of addresses) {
    if (!isObject(entry) || entry['type'] !== 'InternalIP' || typeof entry['address'] !== 'string') continue;
    const ip = parseIp(entry['address']);
    if (ip !== undefined && familyOf(ip) === family) return ip;
  }
  return undefined;
}
