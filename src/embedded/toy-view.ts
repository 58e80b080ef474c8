/**
 * What toy nodes need to know of Services, Nodes and EndpointSlices, parsed once from the API's JSON. An object without
 * the shape Kubernetes promises is a bug of whoever wrote it and throws.
 */
import * as z from 'zod';
import { parseIp, type IpAddress } from '../net/ip.ts';

export interface ToyService {
  readonly namespace: string;
  readonly name: string;
  readonly local: boolean;
  /** 0 = none. */
  readonly healthCheckNodePort: number;
  /** Ports that have a node port; SCTP is left out, Node.js has no sockets for it. */
  readonly ports: readonly { readonly protocol: 'TCP' | 'UDP'; readonly nodePort: number }[];
}

export interface ToyNode {
  readonly name: string;
  /** Its first IPv4 InternalIP; a node without one has no sockets. */
  readonly address?: IpAddress;
  /** False once the autoscaler means to delete it or its deletion has begun (contract I5). */
  readonly eligible: boolean;
}

/** The ready endpoints of one slice: `service` is `namespace/name`, one node name per endpoint. */
export interface ToySlice {
  readonly service: string;
  readonly nodes: readonly string[];
}

const metadata = z.object({
  name: z.string(),
  namespace: z.string().default(''),
  labels: z.record(z.string(), z.string()).default({}),
  deletionTimestamp: z.string().optional(),
});

const serviceShape = z.object({
  metadata,
  spec: z.object({
    type: z.string().default('ClusterIP'),
    externalTrafficPolicy: z.string().optional(),
    healthCheckNodePort: z.number().default(0),
    ports: z.array(z.object({ protocol: z.string().default('TCP'), nodePort: z.number().default(0) })).default([]),
  }),
});

const nodeShape = z.object({
  metadata,
  spec: z.object({ taints: z.array(z.object({ key: z.string() })).default([]) }).default({ taints: [] }),
  status: z.object({ addresses: z.array(z.object({ type: z.string(), address: z.string() })).default([]) }).default({ addresses: [] }),
});

const sliceShape = z.object({
  metadata,
  endpoints: z
    .array(
      z.object({ nodeName: z.string().optional(), conditions: z.object({ ready: z.boolean().default(true) }).default({ ready: true }) }),
    )
    .nullish(),
});

const autoscalerTaint = 'ToBeDeletedByClusterAutoscaler';
const serviceNameLabel = 'kubernetes.io/service-name';

/** @throws ZodError */
export function toyService(json: unknown): ToyService {
  const { metadata, spec } = serviceShape.parse(json);
  const open = spec.type === 'NodePort' || spec.type === 'LoadBalancer';
  const ports: { protocol: 'TCP' | 'UDP'; nodePort: number }[] = [];
  for (const { protocol, nodePort } of spec.ports) {
    if (open && nodePort > 0 && (protocol === 'TCP' || protocol === 'UDP')) ports.push({ protocol, nodePort });
  }
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    local: spec.externalTrafficPolicy === 'Local',
    healthCheckNodePort: spec.type === 'LoadBalancer' ? spec.healthCheckNodePort : 0,
    ports,
  };
}

/** @throws ZodError */
export function toyNode(json: unknown): ToyNode {
  const { metadata, spec, status } = nodeShape.parse(json);
  const internal = status.addresses.filter((entry) => entry.type === 'InternalIP').map((entry) => parseIp(entry.address));
  const address = internal.find((ip) => ip !== undefined && !ip.includes(':'));
  return {
    name: metadata.name,
    ...(address === undefined ? {} : { address }),
    eligible: metadata.deletionTimestamp === undefined && !spec.taints.some((taint) => taint.key === autoscalerTaint),
  };
}

/** @throws ZodError */
export function toySlice(json: unknown): ToySlice {
  const { metadata, endpoints } = sliceShape.parse(json);
  const nodes: string[] = [];
  for (const { nodeName, conditions } of endpoints ?? []) if (nodeName !== undefined && conditions.ready) nodes.push(nodeName);
  return { service: `${metadata.namespace}/${metadata.labels[serviceNameLabel] ?? ''}`, nodes };
}
