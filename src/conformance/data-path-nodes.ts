import { projectNode } from '../kube/projection.ts';
import type { JsonObject } from '../model/json.ts';
import type { NodeView, ServiceView } from '../model/service-view.ts';
import { familyOf, type Family, type IpAddress } from '../net/ip.ts';
import type { Cluster } from './cluster.ts';
import { valueAt } from './json-pointer.ts';
import type { SimulatedNode } from './simulation.ts';

/** `namespace/name` of a Service → endpoints per node. */
export type Endpoints = Map<string, Readonly<Record<string, number>>>;

/** The nodes of a cluster as kube-proxy would have them answer: a node port of a `Local` Service only where an endpoint is (contract I1, I3). */
export function simulatedNodes(cluster: Cluster, endpoints: Endpoints): readonly SimulatedNode[] {
  const services = cluster.services();
  return cluster.nodeObjects().map((object) => {
    const node = projectNode(withReadableTaints(structuredClone(object)));
    const count = (service: ServiceView): number => endpointsOn(node, service, endpoints);
    const answering = services.filter((service) => service.externalTrafficPolicy === 'Cluster' || count(service) > 0);
    const ports = answering.flatMap((service) => service.ports.filter(({ nodePort }) => nodePort !== 0));
    const checked = services.filter(({ healthCheckNodePort }) => healthCheckNodePort !== 0);
    return {
      name: node.name,
      addresses: addressesOf(node),
      nodePorts: ports.map(({ protocol, nodePort }) => ({ protocol, port: nodePort })),
      healthPorts: checked.map((service) => ({ port: service.healthCheckNodePort, localEndpoints: count(service) })),
      proxyHealthy: !node.deleting && !node.taintKeys.includes('ToBeDeletedByClusterAutoscaler'),
    };
  });
}

function endpointsOn(node: NodeView, service: ServiceView, endpoints: Endpoints): number {
  const said = endpoints.get(service.key);
  return said === undefined ? 1 : (said[node.name] ?? 0);
}

function addressesOf({ addresses }: NodeView): Partial<Record<Family, IpAddress>> {
  const first: Partial<Record<Family, IpAddress>> = {};
  for (const { address } of addresses) first[familyOf(address)] ??= address;
  return first;
}

/** A machine serves whatever stands in its Node object: a story may have put there what controllers cannot read. */
function withReadableTaints(object: JsonObject): JsonObject {
  const taints = valueAt(object, '/spec/taints');
  if (!Array.isArray(taints)) return object;
  const readable = taints.filter((taint) => (valueAt(taint, '/key') ?? '') !== '');
  return { ...object, spec: { ...(object['spec'] as JsonObject), taints: readable } }; // where a taint was found there is a spec
}
