import { edited } from '../kube-object.ts';
import {
  hasNodePorts,
  isExternalName,
  isLoadBalancer,
  needsHealthCheckPort,
  nodePortsOf,
  sameList,
  type ServiceObject,
  type ServicePort,
} from './service-object.ts';

/**
 * What a client left out that was allocated for the Service before: a manifest applied again keeps its addresses and ports.
 * Ports are told apart by their names.
 */
export function withAllocatedValues(service: ServiceObject, old: ServiceObject): ServiceObject {
  let { spec } = service;
  if (!isExternalName(old) && !isExternalName(service)) {
    spec = edited(spec, { clusterIP: spec.clusterIP ?? old.spec.clusterIP, clusterIPs: spec.clusterIPs ?? old.spec.clusterIPs });
  }
  if (spec.ports !== undefined && wantsNodePorts(old) && wantsNodePorts(service)) spec = { ...spec, ports: inheritPorts(service, old) };
  if (needsHealthCheckPort(old) && needsHealthCheckPort(service)) {
    spec = edited(spec, { healthCheckNodePort: spec.healthCheckNodePort ?? old.spec.healthCheckNodePort });
  }
  return { ...service, spec };
}

const wantsNodePorts = (service: ServiceObject): boolean =>
  hasNodePorts(service) && !(isLoadBalancer(service) && service.spec.allocateLoadBalancerNodePorts === false);

function inheritPorts(service: ServiceObject, old: ServiceObject): readonly ServicePort[] {
  const kept = new Set(nodePortsOf(old));
  const inUse = new Set(nodePortsOf(service).filter((port) => kept.has(port)));
  const byName = new Map((old.spec.ports ?? []).map((port) => [port.name ?? '', port.nodePort]));
  return (service.spec.ports ?? []).map((port) => {
    const before = byName.get(port.name ?? '');
    return port.nodePort !== undefined || before === undefined || inUse.has(before) ? port : { ...port, nodePort: before };
  });
}

/** `clusterIP` and `clusterIPs` say one thing in two ways; the one a client left alone follows the one it wrote. */
export function withClusterIps(service: ServiceObject, old: ServiceObject | undefined): ServiceObject {
  const { clusterIP, clusterIPs } = service.spec;
  if (old === undefined) {
    return clusterIP === undefined || clusterIPs !== undefined
      ? service
      : { ...service, spec: { ...service.spec, clusterIPs: [clusterIP] } };
  }
  if (clusterIP === old.spec.clusterIP) {
    return clusterIPs === undefined ? { ...service, spec: edited(service.spec, { clusterIPs: old.spec.clusterIPs }) } : service;
  }
  if (!sameList(clusterIPs, old.spec.clusterIPs)) return service;
  return { ...service, spec: edited(service.spec, { clusterIPs: clusterIP === undefined ? undefined : [clusterIP] }) };
}

/** A Service that prefers two families and was left alone in this respect is neither given nor deprived of a second one. */
export function keepsDualStack(service: ServiceObject, old: ServiceObject | undefined): boolean {
  const prefers = (one: ServiceObject) => one.spec.ipFamilyPolicy === 'PreferDualStack';
  return (
    old !== undefined &&
    prefers(service) &&
    (old.spec.ipFamilyPolicy === undefined || prefers(old)) &&
    old.spec.type === service.spec.type &&
    !isExternalName(service) &&
    sameList(service.spec.clusterIPs, old.spec.clusterIPs) &&
    sameList(service.spec.ipFamilies, old.spec.ipFamilies)
  );
}
