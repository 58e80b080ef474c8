import { classId, providerName, serviceKey, serviceUid } from '../../src/model/ids.ts';
import { defaultGuard, finalizerOf, type LoadBalancerClass } from '../../src/model/load-balancer-class.ts';
import type { NodeView, ServicePortView, ServiceView } from '../../src/model/service-view.ts';
import type { IpAddress } from '../../src/net/ip.ts';

/** A Service as the projection makes it: one TCP port, classless, IPv4, no status; `patch` says what is special. */
export function aService(patch: Partial<ServiceView> = {}): ServiceView {
  const name = patch.name ?? 'web';
  const namespace = patch.namespace ?? 'default';
  return {
    key: serviceKey(namespace, name),
    namespace,
    name,
    uid: serviceUid('8f1c6d0e-0000-4000-8000-000000000001'),
    resourceVersion: '1',
    createdAt: '2026-01-01T00:00:00Z',
    deleting: false,
    finalizers: [],
    annotations: {},
    type: 'LoadBalancer',
    sourceRanges: [],
    externalTrafficPolicy: 'Cluster',
    healthCheckNodePort: 0,
    sessionAffinity: 'None',
    affinityTimeoutSeconds: 10_800,
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    ports: [aPort()],
    ingress: [],
    conditions: [],
    ...patch,
  };
}

export const aPort = (patch: Partial<ServicePortView> = {}): ServicePortView => ({
  name: '',
  protocol: 'TCP',
  port: 80,
  nodePort: 30_080,
  ...patch,
});

export function aNode(name: string, patch: Partial<NodeView> = {}): NodeView {
  return { name, uid: `uid-${name}`, labels: {}, taintKeys: [], deleting: false, addresses: [internal('10.0.0.1')], ...patch };
}

export const internal = (address: string): NodeView['addresses'][number] => ({
  type: 'InternalIP',
  address: address as IpAddress, // written canonical in tests
});

export const external = (address: string): NodeView['addresses'][number] => ({ ...internal(address), type: 'ExternalIP' });

export function aClass(
  patch: Partial<Omit<LoadBalancerClass, 'id'>> & { id?: string; name?: string } = {},
): LoadBalancerClass & { name: string } {
  const { id = 'main', ...rest } = patch;
  return {
    id: classId(id),
    name: `portolan.dev/${id}`,
    finalizer: finalizerOf(classId(id)),
    default: false,
    provider: providerName('here'),
    mode: 'apply',
    settings: {},
    guard: defaultGuard,
    handoverMs: 60_000,
    ...rest,
  };
}
