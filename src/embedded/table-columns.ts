import type { Json, JsonObject } from '../model/json.ts';
import { isList } from './go-text.ts';
import { isObject, type KubeObject } from './kube-object.ts';
import { asService, isLoadBalancer, type ServiceObject } from './services/service-object.ts';

export interface Column {
  readonly name: string;
  /** Only with `-o wide`. */
  readonly wide?: true;
  cell(object: KubeObject, nowMs: number): string;
}

const none = '<none>';
const name: Column = { name: 'Name', cell: (object) => object.metadata.name ?? '' };
const age: Column = { name: 'Age', cell: (object, nowMs) => ageOf(object.metadata.creationTimestamp, nowMs) };

const byKind: Readonly<Record<string, readonly Column[]>> = {
  Service: [
    name,
    { name: 'Type', cell: (object) => asService(object).spec.type ?? '' },
    { name: 'Cluster-IP', cell: (object) => asService(object).spec.clusterIP ?? none },
    { name: 'External-IP', cell: (object) => externalAddresses(asService(object)) },
    { name: 'Port(s)', cell: (object) => ports(asService(object)) },
    age,
    { name: 'Selector', wide: true, cell: (object) => pairs(asService(object).spec.selector) },
  ],
  Node: [
    name,
    { name: 'Status', cell: (object) => nodeStatus(object) },
    { name: 'Roles', cell: (object) => roles(object) },
    age,
    { name: 'Version', cell: (object) => text(part(part(object['status'])['nodeInfo'])['kubeletVersion']) },
  ],
  Namespace: [name, { name: 'Status', cell: (object) => text(part(object['status'])['phase']) }, age],
  Event: [
    { name: 'Last Seen', cell: (event, nowMs) => ageOf(text(event['lastTimestamp'] ?? event['deprecatedLastTimestamp']), nowMs) },
    { name: 'Type', cell: (event) => text(event['type']) },
    { name: 'Reason', cell: (event) => text(event['reason']) },
    { name: 'Object', cell: (event) => aboutOf(part(event['involvedObject'] ?? event['regarding'])) },
    { name: 'Message', cell: (event) => text(event['message'] ?? event['note']) },
  ],
  Lease: [name, { name: 'Holder', cell: (lease) => text(part(lease['spec'])['holderIdentity']) }, age],
  EndpointSlice: [
    name,
    { name: 'AddressType', cell: (slice) => text(slice['addressType']) },
    {
      name: 'Ports',
      cell: (slice) =>
        parts(slice['ports'])
          .map((port) => text(port['port']))
          .join(','),
    },
    {
      name: 'Endpoints',
      cell: (slice) =>
        parts(slice['endpoints'])
          .flatMap((endpoint) => (isList(endpoint['addresses']) ? endpoint['addresses'].map(text) : []))
          .join(','),
    },
    age,
  ],
};

/** The columns of a kind; name and age where it has none of its own. */
export const columnsOf = (kind: string): readonly Column[] => byKind[kind] ?? [name, age];

function externalAddresses(service: ServiceObject): string {
  const { type, externalIPs = [], externalName } = service.spec;
  if (type === 'ExternalName') return externalName ?? none;
  const ingress = (service.status.loadBalancer.ingress ?? []).map((entry) => entry.ip ?? entry.hostname ?? '');
  const all = isLoadBalancer(service) ? [...ingress, ...externalIPs] : externalIPs;
  return all.length > 0 ? all.join(',') : isLoadBalancer(service) ? '<pending>' : none;
}

function ports(service: ServiceObject): string {
  const all = service.spec.ports ?? [];
  const one = (port: (typeof all)[number]) =>
    `${port.port}${port.nodePort === undefined ? '' : `:${port.nodePort}`}/${port.protocol ?? 'TCP'}`;
  return all.length === 0 ? none : all.map(one).join(',');
}

function nodeStatus(node: KubeObject): string {
  const ready = parts(part(node['status'])['conditions']).find((condition) => condition['type'] === 'Ready');
  const state = ready === undefined ? 'Unknown' : ready['status'] === 'True' ? 'Ready' : 'NotReady';
  return part(node['spec'])['unschedulable'] === true ? `${state},SchedulingDisabled` : state;
}

function roles(node: KubeObject): string {
  const prefix = 'node-role.kubernetes.io/';
  const found = Object.keys(node.metadata.labels ?? {}).flatMap((label) => (label.startsWith(prefix) ? [label.slice(prefix.length)] : []));
  return found.length === 0 ? none : found.sort().join(',');
}

const aboutOf = (object: JsonObject): string => `${text(object['kind']).toLowerCase()}/${text(object['name'])}`;

const pairs = (map: Readonly<Record<string, string>> | undefined): string =>
  map === undefined
    ? none
    : Object.entries(map)
        .map(([key, value]) => `${key}=${value}`)
        .join(',');

/** Time since, in the largest unit that says enough. */
function ageOf(since: string | undefined, nowMs: number): string {
  const at = Date.parse(since ?? '');
  if (Number.isNaN(at)) return '<unknown>';
  const seconds = Math.max(0, Math.floor((nowMs - at) / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

const part = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});
const parts = (value: Json | undefined): readonly JsonObject[] => (isList(value) ? value.filter(isObject) : []);
const text = (value: Json | undefined): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
