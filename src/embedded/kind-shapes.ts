import {
  always,
  any,
  bool,
  filled,
  int32,
  int64,
  intOrString,
  listOf,
  mapOf,
  microTime,
  named,
  open,
  set,
  setOf,
  string,
  stringMap,
  strings,
  struct,
  time,
  type Field,
  type StructShape,
} from './shape.ts';

const ownerReference = struct('OwnerReference', {
  apiVersion: always(string),
  kind: always(string),
  name: always(string),
  uid: always(string),
  controller: set(bool),
  blockOwnerDeletion: set(bool),
});

/** `managedFields` is understood and dropped: the embedded API does not track who owns which field. */
const objectMeta = struct('ObjectMeta', {
  name: filled(string),
  generateName: filled(string),
  namespace: filled(string),
  selfLink: filled(string),
  uid: filled(named('types.UID')),
  resourceVersion: filled(string),
  generation: filled(int64),
  creationTimestamp: set(time),
  deletionTimestamp: set(time),
  deletionGracePeriodSeconds: set(int64),
  labels: filled(stringMap),
  annotations: filled(stringMap),
  ownerReferences: filled(listOf(ownerReference, 'uid')),
  finalizers: filled(setOf(string)),
  managedFields: filled(any),
});

const head = { kind: filled(string), apiVersion: filled(string), metadata: always(objectMeta) };
const kind = (name: string, fields: Readonly<Record<string, Field>>): StructShape => struct(name, { ...head, ...fields });

const objectReference = struct('ObjectReference', {
  kind: filled(string),
  namespace: filled(string),
  name: filled(string),
  uid: filled(string),
  apiVersion: filled(string),
  resourceVersion: filled(string),
  fieldPath: filled(string),
});

const condition = struct('Condition', {
  type: always(string),
  status: always(string),
  observedGeneration: filled(int64),
  lastTransitionTime: always(time),
  reason: always(string),
  message: always(string),
});

const servicePort = struct('ServicePort', {
  name: filled(string),
  protocol: filled(named('v1.Protocol')),
  appProtocol: set(string),
  port: always(int32),
  targetPort: always(intOrString),
  nodePort: filled(int32),
});

export const serviceShape = kind('Service', {
  spec: always(
    struct('ServiceSpec', {
      ports: filled(listOf(servicePort, 'port')),
      selector: filled(stringMap),
      clusterIP: filled(string),
      clusterIPs: filled(strings),
      type: filled(named('v1.ServiceType')),
      externalIPs: filled(strings),
      sessionAffinity: filled(named('v1.ServiceAffinity')),
      loadBalancerIP: filled(string),
      loadBalancerSourceRanges: filled(strings),
      externalName: filled(string),
      externalTrafficPolicy: filled(named('v1.ServiceExternalTrafficPolicy')),
      healthCheckNodePort: filled(int32),
      publishNotReadyAddresses: filled(bool),
      sessionAffinityConfig: set(
        struct('SessionAffinityConfig', { clientIP: set(struct('ClientIPConfig', { timeoutSeconds: set(int32) })) }),
      ),
      ipFamilies: filled(listOf(named('v1.IPFamily'))),
      ipFamilyPolicy: set(named('v1.IPFamilyPolicy')),
      allocateLoadBalancerNodePorts: set(bool),
      loadBalancerClass: set(string),
      internalTrafficPolicy: set(named('v1.ServiceInternalTrafficPolicy')),
      trafficDistribution: set(string),
    }),
  ),
  status: always(
    struct('ServiceStatus', {
      loadBalancer: always(
        struct('LoadBalancerStatus', {
          ingress: filled(
            listOf(
              struct('LoadBalancerIngress', {
                ip: filled(string),
                hostname: filled(string),
                ipMode: set(named('v1.LoadBalancerIPMode')),
                ports: filled(listOf(struct('PortStatus', { port: always(int32), protocol: always(string), error: set(string) }))),
              }),
            ),
          ),
        }),
      ),
      conditions: filled(listOf(condition, 'type')),
    }),
  ),
});

const nodeCondition = struct('NodeCondition', {
  type: always(string),
  status: always(string),
  lastHeartbeatTime: always(time),
  lastTransitionTime: always(time),
  reason: filled(string),
  message: filled(string),
});
const nodeInfoFields = [
  'machineID',
  'systemUUID',
  'bootID',
  'kernelVersion',
  'osImage',
  'containerRuntimeVersion',
  'kubeletVersion',
  'kubeProxyVersion',
  'operatingSystem',
  'architecture',
];

export const nodeShape = kind('Node', {
  spec: always(
    struct('NodeSpec', {
      podCIDR: filled(string),
      podCIDRs: filled(setOf(string)),
      providerID: filled(string),
      unschedulable: filled(bool),
      taints: filled(listOf(struct('Taint', { key: always(string), value: filled(string), effect: always(string), timeAdded: set(time) }))),
      externalID: filled(string),
    }),
  ),
  status: always(
    struct('NodeStatus', {
      capacity: filled(mapOf(any)),
      allocatable: filled(mapOf(any)),
      phase: filled(string),
      conditions: filled(listOf(nodeCondition, 'type')),
      addresses: filled(listOf(struct('NodeAddress', { type: always(string), address: always(string) }), 'type')),
      daemonEndpoints: always(
        struct('NodeDaemonEndpoints', { kubeletEndpoint: always(struct('DaemonEndpoint', { Port: always(int32) })) }),
      ),
      nodeInfo: always(struct('NodeSystemInfo', Object.fromEntries(nodeInfoFields.map((name) => [name, always(string)])))),
      images: filled(any),
      volumesInUse: filled(any),
      volumesAttached: filled(any),
      runtimeHandlers: filled(any),
      features: set(any),
    }),
  ),
});

const namespaceCondition = struct('NamespaceCondition', {
  type: always(string),
  status: always(string),
  lastTransitionTime: always(time),
  reason: filled(string),
  message: filled(string),
});
export const namespaceShape = kind('Namespace', {
  spec: always(struct('NamespaceSpec', { finalizers: filled(strings) })),
  status: always(struct('NamespaceStatus', { phase: filled(string), conditions: filled(listOf(namespaceCondition, 'type')) })),
});

const eventSource = struct('EventSource', { component: filled(string), host: filled(string) });
export const coreEventShape = kind('Event', {
  involvedObject: always(objectReference),
  reason: filled(string),
  message: filled(string),
  source: always(eventSource),
  firstTimestamp: always(time),
  lastTimestamp: always(time),
  count: filled(int32),
  type: filled(string),
  eventTime: always(microTime),
  series: set(struct('EventSeries', { count: filled(int32), lastObservedTime: always(microTime) })),
  action: filled(string),
  related: set(objectReference),
  reportingComponent: always(string),
  reportingInstance: always(string),
});

export const eventShape = kind('Event', {
  eventTime: always(microTime),
  series: set(struct('EventSeries', { count: always(int32), lastObservedTime: always(microTime) })),
  reportingController: filled(string),
  reportingInstance: filled(string),
  action: filled(string),
  reason: filled(string),
  regarding: always(objectReference),
  related: set(objectReference),
  note: filled(string),
  type: filled(string),
  deprecatedSource: always(eventSource),
  deprecatedFirstTimestamp: always(time),
  deprecatedLastTimestamp: always(time),
  deprecatedCount: filled(int32),
});

export const leaseShape = kind('Lease', {
  spec: always(
    struct('LeaseSpec', {
      holderIdentity: set(string),
      leaseDurationSeconds: set(int32),
      acquireTime: set(microTime),
      renewTime: set(microTime),
      leaseTransitions: set(int32),
      strategy: set(string),
      preferredHolder: set(string),
    }),
  ),
});

export const endpointSliceShape = kind('EndpointSlice', {
  addressType: always(string),
  endpoints: always(
    listOf(
      struct('Endpoint', {
        addresses: always(strings),
        conditions: always(struct('EndpointConditions', { ready: set(bool), serving: set(bool), terminating: set(bool) })),
        hostname: set(string),
        targetRef: set(objectReference),
        deprecatedTopology: filled(stringMap),
        nodeName: set(string),
        zone: set(string),
        hints: set(any),
      }),
    ),
  ),
  ports: always(listOf(struct('EndpointPort', { name: set(string), protocol: set(string), port: set(int32), appProtocol: set(string) }))),
});

export const configMapShape = kind('ConfigMap', { immutable: set(bool), data: filled(stringMap), binaryData: filled(stringMap) });
export const secretShape = kind('Secret', {
  immutable: set(bool),
  data: filled(stringMap),
  stringData: filled(stringMap),
  type: filled(string),
});

/** Every kind the embedded API knows nothing of: only its metadata is read. */
export const openShape = (name: string): StructShape => open(name, head);
