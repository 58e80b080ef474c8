import type { JsonObject } from '../../model/json.ts';

/** The namespace of the demo's own Services. */
export const sampleNamespace = 'demo';

/** Not 8080: who listens there on every address of the machine has it on ours, too. */
export const samplePort = 18_080;

type Port = { readonly protocol: 'TCP' | 'UDP'; readonly port: number; readonly name: string };
const tcp = (port: number): Port => ({ name: `tcp-${port}`, protocol: 'TCP', port });
const udp = (port: number): Port => ({ name: `udp-${port}`, protocol: 'UDP', port });

/** Chooses the toy nodes that have an endpoint; without it each has one. */
const endpoints = 'demo.portolan.dev/endpoints';

function loadBalancer(name: string, ports: readonly Port[], annotations: Record<string, string> = {}, spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: sampleNamespace, annotations },
    spec: { type: 'LoadBalancer', selector: { app: name }, ports, ...spec },
  };
}

/** How each cloud spells "internal": on any provider it means internal. */
export const internalSpellings: readonly { readonly cloud: string; readonly annotation: string; readonly value: string }[] = [
  { cloud: 'openstack', annotation: 'service.beta.kubernetes.io/openstack-internal-load-balancer', value: 'true' },
  { cloud: 'aws', annotation: 'service.beta.kubernetes.io/aws-load-balancer-internal', value: 'true' },
  { cloud: 'aws-scheme', annotation: 'service.beta.kubernetes.io/aws-load-balancer-scheme', value: 'internal' },
  { cloud: 'azure', annotation: 'service.beta.kubernetes.io/azure-load-balancer-internal', value: 'true' },
  { cloud: 'oci', annotation: 'service.beta.kubernetes.io/oci-load-balancer-internal', value: 'true' },
  { cloud: 'baidu', annotation: 'service.beta.kubernetes.io/cce-load-balancer-internal-vpc', value: 'true' },
  { cloud: 'gke', annotation: 'networking.gke.io/load-balancer-type', value: 'Internal' },
  { cloud: 'gke-old', annotation: 'cloud.google.com/load-balancer-type', value: 'Internal' },
  { cloud: 'ibm', annotation: 'service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type', value: 'private' },
  { cloud: 'alibaba', annotation: 'service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type', value: 'intranet' },
  { cloud: 'tencent', annotation: 'service.kubernetes.io/qcloud-loadbalancer-internal-subnetid', value: 'subnet-demo' },
];

/** The Services of the demo's own namespace, each with what it shows. */
export const samples: readonly { readonly shows: string; readonly manifest: JsonObject }[] = [
  { shows: 'TCP on every node; a port is edited, later it is deleted', manifest: loadBalancer('web', [tcp(samplePort)]) },
  { shows: 'TCP and UDP on one number', manifest: loadBalancer('dns', [tcp(53), udp(53)]) },
  { shows: 'UDP: every datagram comes back with who answered', manifest: loadBalancer('echo', [udp(18_007)]) },
  {
    shows: 'Local with one endpoint: only its node answers',
    manifest: loadBalancer('local', [tcp(samplePort), udp(samplePort)], { [endpoints]: 'node-2' }, { externalTrafficPolicy: 'Local' }),
  },
  {
    shows: 'the traffic policy is switched to Local and back',
    manifest: loadBalancer('policy', [tcp(samplePort), udp(samplePort)], { [endpoints]: 'node-1' }),
  },
  {
    shows: 'public becomes internal, after approval',
    manifest: loadBalancer('moving', [tcp(samplePort)], { 'portolan.dev/scheme': 'public' }),
  },
  ...internalSpellings.map(({ cloud, annotation, value }) => ({
    shows: `internal by ${annotation}: "${value}"`,
    manifest: loadBalancer(`internal-${cloud}`, [tcp(samplePort)], { [annotation]: value }),
  })),
];
