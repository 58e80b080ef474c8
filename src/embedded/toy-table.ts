import type { IpAddress } from '../net/ip.ts';
import type { ToyNode, ToyService, ToySlice } from './toy-view.ts';

/** kube-proxy's own health port, the same on every node. */
export const proxyHealthPort = 10_256;

/** One socket a node should have open, and what it needs to answer. */
export type ToySocket =
  | {
      readonly kind: 'node-port';
      readonly node: string;
      readonly address: IpAddress;
      readonly protocol: 'TCP' | 'UDP';
      readonly port: number;
      /** Nodes of the endpoints it forwards to, one entry per endpoint. Empty = take the connection and drop it (policy Local). */
      readonly endpoints: readonly string[];
    }
  | {
      readonly kind: 'service-health';
      readonly node: string;
      readonly address: IpAddress;
      readonly port: number;
      readonly service: { readonly namespace: string; readonly name: string };
      readonly localEndpoints: number;
    }
  | {
      readonly kind: 'proxy-health';
      readonly node: string;
      readonly address: IpAddress;
      readonly port: number;
      readonly eligible: boolean;
    };

/** What makes a socket the same one when its answer changes. */
export const socketKey = (socket: ToySocket): string =>
  `${socket.kind} ${socket.kind === 'node-port' ? socket.protocol : 'TCP'} ${socket.address}:${socket.port}`;

/**
 * Every socket all nodes should have open, by `socketKey`. Under `Cluster` any node forwards to any ready endpoint, under
 * `Local` only to its own; a port whose Service has no ready endpoint at all has no socket, so that clients are refused,
 * as kube-proxy does.
 */
export function toyTable(
  services: Iterable<ToyService>,
  nodes: Iterable<ToyNode>,
  slices: Iterable<ToySlice>,
): ReadonlyMap<string, ToySocket> {
  const endpointsOf = new Map<string, string[]>();
  for (const { service, nodes } of slices) endpointsOf.set(service, [...(endpointsOf.get(service) ?? []), ...nodes]);

  const open = [...services].filter((service) => service.ports.length > 0);
  const table = new Map<string, ToySocket>();
  const add = (socket: ToySocket) => void table.set(socketKey(socket), socket);
  for (const { name: node, address, eligible } of nodes) {
    if (address === undefined) continue;
    add({ kind: 'proxy-health', node, address, port: proxyHealthPort, eligible });
    for (const service of open) {
      const all = endpointsOf.get(`${service.namespace}/${service.name}`) ?? [];
      const own = all.filter((endpoint) => endpoint === node);
      for (const { protocol, nodePort } of all.length === 0 ? [] : service.ports) {
        add({ kind: 'node-port', node, address, protocol, port: nodePort, endpoints: service.local ? own : all });
      }
      if (!service.local || service.healthCheckNodePort === 0) continue;
      const { namespace, name } = service;
      add({
        kind: 'service-health',
        node,
        address,
        port: service.healthCheckNodePort,
        service: { namespace, name },
        localEndpoints: own.length,
      });
    }
  }
  return table;
}
