/** The numbers that fields have in Kubernetes' protobuf, by struct; from the `.proto` files of Kubernetes 1.36. */
const numbered: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  ObjectMeta: {
    1: 'name',
    2: 'generateName',
    3: 'namespace',
    4: 'selfLink',
    5: 'uid',
    6: 'resourceVersion',
    7: 'generation',
    8: 'creationTimestamp',
    9: 'deletionTimestamp',
    10: 'deletionGracePeriodSeconds',
    11: 'labels',
    12: 'annotations',
    14: 'finalizers',
  },
  Namespace: { 1: 'metadata', 2: 'spec', 3: 'status' },
  NamespaceSpec: { 1: 'finalizers' },
  NamespaceStatus: { 1: 'phase' },
  Service: { 1: 'metadata', 2: 'spec', 3: 'status' },
  ServiceSpec: {
    1: 'ports',
    2: 'selector',
    3: 'clusterIP',
    4: 'type',
    5: 'externalIPs',
    7: 'sessionAffinity',
    8: 'loadBalancerIP',
    9: 'loadBalancerSourceRanges',
    10: 'externalName',
    11: 'externalTrafficPolicy',
    12: 'healthCheckNodePort',
    13: 'publishNotReadyAddresses',
    17: 'ipFamilyPolicy',
    18: 'clusterIPs',
    19: 'ipFamilies',
    20: 'allocateLoadBalancerNodePorts',
    21: 'loadBalancerClass',
    22: 'internalTrafficPolicy',
    23: 'trafficDistribution',
  },
  ServicePort: { 1: 'name', 2: 'protocol', 3: 'port', 4: 'targetPort', 5: 'nodePort', 6: 'appProtocol' },
  ServiceStatus: { 1: 'loadBalancer' },
  LoadBalancerStatus: {},
  ConfigMap: { 1: 'metadata', 2: 'data', 3: 'binaryData', 4: 'immutable' },
  Secret: { 1: 'metadata', 2: 'data', 3: 'type', 4: 'stringData', 5: 'immutable' },
  ServiceAccount: { 1: 'metadata' },
};

/** Maps of bytes, which JSON writes in base64. */
const bytes: readonly string[] = ['ConfigMap.binaryData', 'Secret.data'];

export interface NumberedField {
  readonly name: string;
  readonly bytes: boolean;
}

/** The field of this number; undefined where it is not known. */
export function fieldNumbered(struct: string, number: number): NumberedField | undefined {
  const name = numbered[struct]?.[number];
  return name === undefined ? undefined : { name, bytes: bytes.includes(`${struct}.${name}`) };
}
