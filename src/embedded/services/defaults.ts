import { edited } from '../kube-object.ts';
import { hasNodePorts, isExternal, isLoadBalancer, type ServiceObject, type ServicePort, type ServiceSpec } from './service-object.ts';

/** Seconds a client sticks to an endpoint, where the Service asks for affinity and does not say how long (contract H7). */
const defaultAffinitySeconds = 10_800;

/** Fills in what a Service leaves open. Runs on everything a client sends, before it is compared or checked. */
export function withDefaults(service: ServiceObject): ServiceObject {
  const type = service.spec.type ?? 'ClusterIP';
  const typed = { ...service, spec: { ...service.spec, type } };
  const spec = edited<ServiceSpec>(typed.spec, {
    ...affinity(typed.spec),
    ...(typed.spec.ports === undefined ? {} : { ports: typed.spec.ports.map(withPortDefaults) }),
    ...(isExternal(typed) ? { externalTrafficPolicy: typed.spec.externalTrafficPolicy ?? 'Cluster' } : {}),
    ...(hasNodePorts(typed) || type === 'ClusterIP' ? { internalTrafficPolicy: typed.spec.internalTrafficPolicy ?? 'Cluster' } : {}),
    ...(isLoadBalancer(typed) ? { allocateLoadBalancerNodePorts: typed.spec.allocateLoadBalancerNodePorts ?? true } : {}),
  });
  return { ...typed, spec, status: withIpModes(typed) };
}

function affinity(spec: ServiceSpec): {
  sessionAffinity: string;
  sessionAffinityConfig?: ServiceSpec['sessionAffinityConfig'] | undefined;
} {
  const sessionAffinity = spec.sessionAffinity ?? 'None';
  if (sessionAffinity === 'None') return { sessionAffinity, sessionAffinityConfig: undefined };
  if (sessionAffinity !== 'ClientIP' || spec.sessionAffinityConfig?.clientIP?.timeoutSeconds !== undefined) return { sessionAffinity };
  return { sessionAffinity, sessionAffinityConfig: { clientIP: { timeoutSeconds: defaultAffinitySeconds } } };
}

function withPortDefaults(port: ServicePort): ServicePort {
  const targetPort = port.targetPort === 0 || port.targetPort === '' ? port.port : port.targetPort;
  return { ...port, protocol: port.protocol ?? 'TCP', targetPort };
}

/** An address of a load balancer is a VIP unless it says otherwise (contract F6). */
function withIpModes(service: ServiceObject): ServiceObject['status'] {
  const { ingress } = service.status.loadBalancer;
  if (ingress === undefined || !isLoadBalancer(service)) return service.status;
  const filled = ingress.map((entry) => (entry.ip === undefined || entry.ipMode !== undefined ? entry : { ...entry, ipMode: 'VIP' }));
  return { ...service.status, loadBalancer: { ...service.status.loadBalancer, ingress: filled } };
}
