import type { JsonObject } from '../model/json.ts';
import { humanDuration } from './human-duration.ts';
import { type KubeObject } from './kube-object.ts';
import { at, numberAt, partsAt, textAt } from './object-parts.ts';
import { asService, isLoadBalancer, type ServiceObject } from './services/service-object.ts';
import { pairs, workloadColumns } from './workload-columns.ts';

export interface Column {
  readonly name: string;
  /** Only with `-o wide`. */
  readonly wide?: true;
  cell(object: KubeObject, nowMs: number): string;
}

const none = '<none>';
const unknown = '<unknown>';
const name: Column = { name: 'Name', cell: (object) => object.metadata.name ?? '' };
const age: Column = { name: 'Age', cell: (object, nowMs) => ageOf(object.metadata.creationTimestamp, nowMs) };
const createdAt: Column = { name: 'Created At', cell: (object) => object.metadata.creationTimestamp ?? '' };
const role: Column = { name: 'Role', cell: (binding) => `${textAt(binding, 'roleRef', 'kind')}/${textAt(binding, 'roleRef', 'name')}` };
const size = (...path: readonly string[]): Column => ({
  name: 'Data',
  cell: (object) => String(Object.keys(at(object, ...path) ?? {}).length),
});

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
    { name: 'Version', cell: (object) => textAt(object, 'status', 'nodeInfo', 'kubeletVersion') },
    { name: 'Internal-IP', wide: true, cell: (node) => nodeAddress(node, 'InternalIP') },
    { name: 'External-IP', wide: true, cell: (node) => nodeAddress(node, 'ExternalIP') },
    ...[
      ['OS-Image', 'osImage'] as const,
      ['Kernel-Version', 'kernelVersion'] as const,
      ['Container-Runtime', 'containerRuntimeVersion'] as const,
    ].map(([title, field]): Column => ({ name: title, wide: true, cell: (node) => textAt(node, 'status', 'nodeInfo', field) || unknown })),
  ],
  Namespace: [name, { name: 'Status', cell: (object) => textAt(object, 'status', 'phase') }, age],
  Event: [
    { name: 'Last Seen', cell: (event, nowMs) => ageOf(lastSeen(event), nowMs) },
    { name: 'Type', cell: (event) => textAt(event, 'type') },
    { name: 'Reason', cell: (event) => textAt(event, 'reason') },
    { name: 'Object', cell: (event) => aboutOf(event) },
    { name: 'Subobject', wide: true, cell: (event) => textAt(event, 'involvedObject', 'fieldPath') },
    { name: 'Source', wide: true, cell: (event) => sourceOf(event) },
    { name: 'Message', cell: (event) => textAt(event, 'message') || textAt(event, 'note') },
    { name: 'First Seen', wide: true, cell: (event, nowMs) => ageOf(firstSeen(event), nowMs) },
    { name: 'Count', wide: true, cell: (event) => String(timesSeen(event)) },
    { ...name, wide: true },
  ],
  ConfigMap: [name, size('data'), age],
  Secret: [name, { name: 'Type', cell: (secret) => textAt(secret, 'type') }, size('data'), age],
  Lease: [name, { name: 'Holder', cell: (lease) => textAt(lease, 'spec', 'holderIdentity') }, age],
  EndpointSlice: [
    name,
    { name: 'AddressType', cell: (slice) => textAt(slice, 'addressType') },
    { name: 'Ports', cell: (slice) => commas(partsAt(slice, 'ports').map((port) => textAt(port, 'port'))) },
    { name: 'Endpoints', cell: (slice) => commas(partsAt(slice, 'endpoints').flatMap((endpoint) => texts(endpoint, 'addresses'))) },
    age,
  ],
  Role: [name, createdAt],
  ClusterRole: [name, createdAt],
  RoleBinding: [name, role, age],
  ClusterRoleBinding: [name, role, age],
  CustomResourceDefinition: [name, createdAt],
};

/** The columns of a kind; name and age where it has none of its own. */
export const columnsOf = (kind: string): readonly Column[] => byKind[kind] ?? [name, ...(workloadColumns[kind] ?? []), age];

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
  const ready = partsAt(node, 'status', 'conditions').find((condition) => condition['type'] === 'Ready');
  const state = ready === undefined ? 'Unknown' : ready['status'] === 'True' ? 'Ready' : 'NotReady';
  return at(node, 'spec', 'unschedulable') === true ? `${state},SchedulingDisabled` : state;
}

function nodeAddress(node: KubeObject, type: string): string {
  const found = partsAt(node, 'status', 'addresses').find((address) => address['type'] === type);
  return found === undefined ? none : textAt(found, 'address');
}

function roles(node: KubeObject): string {
  const prefix = 'node-role.kubernetes.io/';
  const found = Object.keys(node.metadata.labels ?? {}).flatMap((label) => (label.startsWith(prefix) ? [label.slice(prefix.length)] : []));
  return found.length === 0 ? none : found.sort().join(',');
}

/** Of either group: `involvedObject` in the core group, `regarding` in the newer one. */
function aboutOf(event: KubeObject): string {
  const [kind, about] = ['kind', 'name'].map((field) => textAt(event, 'involvedObject', field) || textAt(event, 'regarding', field));
  return `${kind?.toLowerCase()}/${about}`;
}

function sourceOf(event: KubeObject): string {
  const component = textAt(event, 'source', 'component') || textAt(event, 'reportingComponent') || textAt(event, 'reportingController');
  const host = textAt(event, 'source', 'host');
  return host === '' ? component : `${component}, ${host}`;
}

const firstSeen = (event: KubeObject): string =>
  textAt(event, 'firstTimestamp') || textAt(event, 'deprecatedFirstTimestamp') || textAt(event, 'eventTime');
const lastSeen = (event: KubeObject): string =>
  textAt(event, 'series', 'lastObservedTime') ||
  textAt(event, 'lastTimestamp') ||
  textAt(event, 'deprecatedLastTimestamp') ||
  firstSeen(event);
const timesSeen = (event: KubeObject): number =>
  numberAt(event, 'series', 'count') ?? numberAt(event, 'count') ?? numberAt(event, 'deprecatedCount') ?? 1;

const commas = (all: readonly string[]): string => (all.length === 0 ? '<unset>' : all.join(','));

function texts(object: JsonObject, field: string): readonly string[] {
  const value = at(object, field);
  return Array.isArray(value) ? value.map(String) : [];
}

/** Time since, as people read it. */
function ageOf(since: string | undefined, nowMs: number): string {
  const then = Date.parse(since ?? '');
  return Number.isNaN(then) ? unknown : humanDuration(Math.max(0, Math.floor((nowMs - then) / 1000)));
}
