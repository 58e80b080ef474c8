import { edited } from '../kube-object.ts';
import {
  hasNodePorts,
  isExternal,
  isExternalName,
  isLoadBalancer,
  needsHealthCheckPort,
  nodePortsOf,
  sameList,
  type ServiceObject,
  type ServiceSpec,
} from './service-object.ts';

/**
 * What goes when a Service changes its type (contract D1): fields that have no meaning any more, as far as the user left
 * them alone. What the user changed stays, and is refused by validation.
 */
export function dropWhatNoLongerApplies(service: ServiceObject, old: ServiceObject): ServiceObject {
  const [now, before] = [service.spec, old.spec];
  const changes: { -readonly [K in keyof ServiceSpec]?: ServiceSpec[K] | undefined } = {};
  if (!isExternalName(old) && isExternalName(service)) {
    if (now.clusterIP === before.clusterIP && sameList(now.clusterIPs, before.clusterIPs)) {
      changes.clusterIP = undefined;
      changes.clusterIPs = undefined;
    }
    if (sameList(now.ipFamilies, before.ipFamilies)) changes.ipFamilies = undefined;
    if (now.ipFamilyPolicy === before.ipFamilyPolicy) changes.ipFamilyPolicy = undefined;
  }
  if (hasNodePorts(old) && !hasNodePorts(service) && now.ports !== undefined && addsNoNodePort(service, old)) {
    changes.ports = now.ports.map((port) => edited(port, { nodePort: undefined }));
  }
  if (needsHealthCheckPort(old) && !needsHealthCheckPort(service) && now.healthCheckNodePort === before.healthCheckNodePort) {
    changes.healthCheckNodePort = undefined;
  }
  if (isLoadBalancer(old) && !isLoadBalancer(service)) {
    if (now.allocateLoadBalancerNodePorts === before.allocateLoadBalancerNodePorts) changes.allocateLoadBalancerNodePorts = undefined;
    if (now.loadBalancerClass === before.loadBalancerClass) changes.loadBalancerClass = undefined;
  }
  if (isExternal(old) && !isExternal(service) && now.externalTrafficPolicy === before.externalTrafficPolicy) {
    changes.externalTrafficPolicy = undefined;
  }
  // A type that is only a name has no internal traffic policy either; the API server hides the one it was given by default.
  if (isExternalName(service)) changes.internalTrafficPolicy = undefined;
  return { ...service, spec: edited(now, changes), status: isLoadBalancer(service) ? service.status : withoutIngress(service) };
}

function addsNoNodePort(service: ServiceObject, old: ServiceObject): boolean {
  const before = new Set(nodePortsOf(old));
  return nodePortsOf(service).every((port) => before.has(port));
}

function withoutIngress(service: ServiceObject): ServiceObject['status'] {
  return { ...service.status, loadBalancer: {} };
}
