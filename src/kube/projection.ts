import { serviceKey, serviceUid, type Protocol } from '../model/ids.ts';
import type { Condition } from '../model/condition.ts';
import type { Ingress, PortStatus } from '../model/ingress.ts';
import type { NodeView, ServicePortView, ServiceView } from '../model/service-view.ts';
import { parseIp, type Family } from '../net/ip.ts';
import {
  asWire,
  object,
  objects,
  oneOf,
  optionalObject,
  optionalText,
  optionalWhole,
  text,
  textMap,
  texts,
  whole,
  type Wire,
} from './json-reader.ts';

const protocols: readonly Protocol[] = ['TCP', 'UDP', 'SCTP'];
const families: readonly Family[] = ['IPv4', 'IPv6'];
/** What the API server fills in for `sessionAffinity: ClientIP` (contract H7). */
const defaultAffinitySeconds = 10_800;
/** kubectl's copy of the manifest: nobody here reads it, and it can be most of an object. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
const zoneLabel = 'topology.kubernetes.io/zone';
const oldZoneLabel = 'failure-domain.beta.kubernetes.io/zone';

/**
 * A Service as the API server sent it, as a frozen view. Absent optional fields get the API server's defaults; an ingress
 * address that is none is left out. Takes the object over: parts of it are frozen and kept.
 * @throws LbError `InvalidObject`, naming the Service and the field.
 */
export function projectService(json: unknown): ServiceView {
  const wire = asWire(json, 'a Service');
  const metadata = object(wire, 'metadata', 'a Service');
  const namespace = text(metadata, 'metadata.namespace', 'a Service');
  const name = text(metadata, 'metadata.name', 'a Service');
  const where = `Service ${namespace}/${name}`;
  const spec = object(wire, 'spec', where);
  const status = optionalObject(wire, 'status', where);
  const generation = optionalWhole(metadata, 'metadata.generation', where);
  const loadBalancerClass = optionalText(spec, 'spec.loadBalancerClass', where);
  const loadBalancerIP = optionalText(spec, 'spec.loadBalancerIP', where);
  const ipFamilyPolicy = optionalText(spec, 'spec.ipFamilyPolicy', where);
  const clientIp = optionalObject(optionalObject(spec, 'spec.sessionAffinityConfig', where), 'spec.sessionAffinityConfig.clientIP', where);
  return Object.freeze({
    key: serviceKey(namespace, name),
    namespace,
    name,
    uid: serviceUid(text(metadata, 'metadata.uid', where)),
    resourceVersion: text(metadata, 'metadata.resourceVersion', where),
    ...(generation === undefined ? {} : { generation }),
    createdAt: optionalText(metadata, 'metadata.creationTimestamp', where) ?? '',
    deleting: optionalText(metadata, 'metadata.deletionTimestamp', where) !== undefined,
    finalizers: texts(metadata, 'metadata.finalizers', where),
    annotations: annotationsOf(metadata, where),
    type: optionalText(spec, 'spec.type', where) ?? 'ClusterIP',
    ...(loadBalancerClass === undefined ? {} : { loadBalancerClass }),
    ...(loadBalancerIP === undefined ? {} : { loadBalancerIP }),
    sourceRanges: texts(spec, 'spec.loadBalancerSourceRanges', where),
    externalTrafficPolicy: oneOf(spec, 'spec.externalTrafficPolicy', where, ['Cluster', 'Local'], 'Cluster'),
    healthCheckNodePort: optionalWhole(spec, 'spec.healthCheckNodePort', where) ?? 0,
    sessionAffinity: oneOf(spec, 'spec.sessionAffinity', where, ['None', 'ClientIP'], 'None'),
    affinityTimeoutSeconds: optionalWhole(clientIp, 'spec.sessionAffinityConfig.clientIP.timeoutSeconds', where) ?? defaultAffinitySeconds,
    ipFamilies: familiesOf(spec, where),
    ...(ipFamilyPolicy === undefined ? {} : { ipFamilyPolicy }),
    ports: Object.freeze(objects(spec, 'spec.ports', where).map((port, index) => portOf(port, `${where}: spec.ports[${index}]`))),
    ingress: ingressOf(optionalObject(status, 'status.loadBalancer', where), where),
    conditions: Object.freeze(
      objects(status, 'status.conditions', where).map((condition, index) =>
        conditionOf(condition, `${where}: status.conditions[${index}]`),
      ),
    ),
  });
}

/**
 * A Node as the API server sent it, as a frozen view; addresses that are none are left out.
 * @throws LbError `InvalidObject`, naming the Node and the field.
 */
export function projectNode(json: unknown): NodeView {
  const wire = asWire(json, 'a Node');
  const metadata = object(wire, 'metadata', 'a Node');
  const name = text(metadata, 'metadata.name', 'a Node');
  const where = `Node ${name}`;
  const spec = optionalObject(wire, 'spec', where);
  const labels = textMap(metadata, 'metadata.labels', where);
  const zone = labels[zoneLabel] ?? labels[oldZoneLabel] ?? '';
  const providerId = optionalText(spec, 'spec.providerID', where);
  const taints = objects(spec, 'spec.taints', where).map((taint, index) => text(taint, 'key', `${where}: spec.taints[${index}]`));
  return Object.freeze({
    name,
    uid: text(metadata, 'metadata.uid', where),
    ...(providerId === undefined ? {} : { providerId }),
    ...(zone === '' ? {} : { zone }),
    labels,
    taintKeys: Object.freeze(taints),
    deleting: optionalText(metadata, 'metadata.deletionTimestamp', where) !== undefined,
    addresses: nodeAddresses(optionalObject(wire, 'status', where), where),
  });
}

function annotationsOf(metadata: Wire, where: string): Readonly<Record<string, string>> {
  const annotations = textMap(metadata, 'metadata.annotations', where);
  if (!(lastApplied in annotations)) return annotations;
  const { [lastApplied]: _, ...rest } = annotations;
  return Object.freeze(rest);
}

function familiesOf(spec: Wire, where: string): readonly Family[] {
  const named = texts(spec, 'spec.ipFamilies', where);
  return Object.freeze(named.map((family) => oneOf({ ipFamilies: family }, 'spec.ipFamilies', where, families)));
}

function portOf(port: Wire, where: string): ServicePortView {
  const appProtocol = optionalText(port, 'appProtocol', where);
  return Object.freeze({
    name: optionalText(port, 'name', where) ?? '',
    protocol: oneOf(port, 'protocol', where, protocols, 'TCP'),
    port: whole(port, 'port', where),
    nodePort: optionalWhole(port, 'nodePort', where) ?? 0,
    ...(appProtocol === undefined ? {} : { appProtocol }),
  });
}

function ingressOf(loadBalancer: Wire, where: string): readonly Ingress[] {
  const entries: Ingress[] = [];
  for (const entry of objects(loadBalancer, 'status.loadBalancer.ingress', where)) {
    const ip = parseIp(optionalText(entry, 'ip', where) ?? '');
    const hostname = optionalText(entry, 'hostname', where);
    if (ip === undefined && hostname === undefined) continue;
    const ipMode = optionalText(entry, 'ipMode', where);
    const ports = objects(entry, 'ports', where).map((port) => portStatusOf(port, where));
    entries.push(
      Object.freeze({
        ...(ip === undefined ? {} : { ip }),
        ...(hostname === undefined ? {} : { hostname }),
        ...(ipMode === 'VIP' || ipMode === 'Proxy' ? { ipMode } : {}),
        ...(ports.length === 0 ? {} : { ports: Object.freeze(ports) }),
      }),
    );
  }
  return Object.freeze(entries);
}

function portStatusOf(port: Wire, where: string): PortStatus {
  const error = optionalText(port, 'error', where);
  return Object.freeze({
    port: whole(port, 'port', where),
    protocol: oneOf(port, 'protocol', where, protocols, 'TCP'),
    ...(error === undefined ? {} : { error }),
  });
}

function conditionOf(condition: Wire, where: string): Condition {
  const lastTransitionTime = optionalText(condition, 'lastTransitionTime', where);
  const observedGeneration = optionalWhole(condition, 'observedGeneration', where);
  return Object.freeze({
    type: text(condition, 'type', where),
    status: oneOf(condition, 'status', where, ['True', 'False', 'Unknown']),
    reason: optionalText(condition, 'reason', where) ?? '',
    message: optionalText(condition, 'message', where) ?? '',
    ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }),
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
  });
}

const addressTypes = ['InternalIP', 'ExternalIP'] as const;

function nodeAddresses(status: Wire, where: string): NodeView['addresses'] {
  const entries = objects(status, 'status.addresses', where);
  const found: NodeView['addresses'][number][] = [];
  for (const type of addressTypes) {
    for (const entry of entries) {
      const address = entry['type'] === type ? parseIp(optionalText(entry, 'address', where) ?? '') : undefined;
      if (address !== undefined) found.push(Object.freeze({ type, address }));
    }
  }
  return Object.freeze(found);
}
