/** Something that keeps a Service from being served, how it is brought about, and where it is to be read. */
export interface Failure {
  /** Of the block on the page. */
  readonly name: string;
  /** The Service, in the namespace `default`. */
  readonly service: string;
  /** kubectl's arguments, each with what it reads from stdin. */
  readonly steps: readonly { readonly args: readonly string[]; readonly stdin?: string }[];
  /** What `explain` answers with. */
  readonly reason: string;
  /** The reason of the event; absent where nobody tells any. */
  readonly event?: string;
}

const kubectl = (line: string) => ({ args: line.split(' ') });
const port = { name: 'http', port: 8080 };

const applied = (name: string, { spec = {}, annotations = {} }: { spec?: object; annotations?: object } = {}) => ({
  ...kubectl('apply -f -'),
  stdin: JSON.stringify({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, annotations },
    spec: { type: 'LoadBalancer', selector: { app: name }, ports: [port], ...spec },
  }),
});

const addressed = (name: string) => kubectl(`wait service/${name} --for=jsonpath={.status.loadBalancer.ingress} --timeout=30s`);
const small = { loadBalancerClass: 'example.com/small' };

/** Told in this order: the last one is a trouble of all Services. @param network the first three numbers of the addresses there are */
export const failures = (network: string): readonly Failure[] => [
  {
    name: 'no-class',
    service: 'other',
    steps: [applied('other', { spec: { loadBalancerClass: 'example.com/other' } })],
    reason: 'example.com/other',
  },
  {
    name: 'pool-exhausted',
    service: 'third',
    steps: [
      applied('first', { spec: small }),
      applied('second', { spec: small }),
      addressed('first'),
      addressed('second'),
      applied('third', { spec: small }),
    ],
    reason: 'AddressesExhausted',
    event: 'AddressesExhausted',
  },
  {
    name: 'address-taken',
    service: 'late',
    steps: [
      applied('early', { annotations: { 'portolan.dev/load-balancer-ips': `${network}.140` } }),
      addressed('early'),
      applied('late', { annotations: { 'portolan.dev/load-balancer-ips': `${network}.140` } }),
    ],
    reason: 'AddressInUse',
    event: 'AddressInUse',
  },
  {
    name: 'address-out-of-range',
    service: 'stranger',
    steps: [applied('stranger', { spec: { loadBalancerIP: '192.0.2.1' } })],
    reason: 'AddressOutOfRange',
    event: 'AddressOutOfRange',
  },
  {
    name: 'unknown-annotation',
    service: 'misspelt',
    steps: [applied('misspelt', { annotations: { 'portolan.dev/drian-timeout': '1m' } })],
    reason: 'UnknownSetting',
    event: 'UnknownSetting',
  },
  {
    name: 'sctp',
    service: 'signalling',
    steps: [applied('signalling', { spec: { ports: [{ ...port, protocol: 'SCTP' }] } })],
    reason: 'UnsupportedProtocol',
    event: 'UnsupportedProtocol',
  },
  {
    name: 'no-node-port',
    service: 'direct',
    steps: [applied('direct', { spec: { allocateLoadBalancerNodePorts: false } })],
    reason: 'NodePortMissing',
    event: 'NodePortMissing',
  },
  {
    name: 'provider-down',
    service: 'waiting',
    steps: [applied('waiting', { spec: { loadBalancerClass: 'example.com/broken' } })],
    reason: 'ProviderUnavailable',
    event: 'SyncLoadBalancerFailed',
  },
  {
    name: 'held-for-approval',
    service: 'held',
    steps: [applied('held'), addressed('held'), kubectl('annotate service held portolan.dev/scheme=internal')],
    reason: 'ApprovalRequired',
    event: 'ApprovalRequired',
  },
  {
    name: 'no-nodes',
    service: 'lonely',
    steps: [applied('lonely'), addressed('lonely'), kubectl('label nodes --all node.kubernetes.io/exclude-from-external-load-balancers=')],
    reason: 'NoNodes',
    event: 'UnAvailableLoadBalancer',
  },
];
