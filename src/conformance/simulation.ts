/**
 * What a provider's folder offers to the suite and to tests: its cloud in memory, or a real one of its own. Types only: a
 * registry names them without needing the suite.
 */
import type { Clock } from '../clock.ts';
import type { CloudId, LoadBalancerKey, Protocol } from '../model/ids.ts';
import type { JsonObject } from '../model/json.ts';
import type { Owner } from '../model/owner.ts';
import type { Family, IpAddress } from '../net/ip.ts';
import type { AnyProviderDefinition } from '../provider.ts';

/** A cloud in memory, as a provider's folder offers it to the kit and to tests. It outlives the instances its definition makes. */
export interface ProviderSimulation {
  readonly definition: AnyProviderDefinition;
  /** `connection:` as it would stand in a configuration file (raw, parsed by the definition's rows). */
  readonly connection: JsonObject;
  /**
   * Another connection to the same cloud, for a second controller that runs at the same time; raw as well. Absent: the cloud
   * serves one controller at a time.
   */
  readonly secondConnection?: JsonObject;
  /**
   * The connection with a smaller pool of addresses, raw: it lacks the address that an empty cloud gives first, and has the
   * one that comes second. Absent: the provider is not told of a pool.
   */
  readonly smallerPool?: JsonObject;
  /**
   * Ids of all that stands in the cloud, of those kinds that an inventory lists, whoever's they are and with or without marks:
   * what the cloud says, not the provider. Absent: what carries no mark any more is seen by nobody.
   */
  standing?(): readonly CloudId[];
  /** Ends every instance as `kill -9` does. */
  crash(): void;
  /** Resolves when nothing is under way but what waits for the clock. Absent: everything happens in promises of this process. */
  quiet?(): Promise<void>;
  /** Lets go of processes and folders. */
  close?(): Promise<void>;
  /**
   * Which calls of the narrow APIs, `api.method`, can fail as calls of a cloud do. `eventual-read`: it may also answer what
   * was true a moment ago, or a part. Absent: none, and calls fail at the contract only.
   */
  readonly apiCalls?: Readonly<Record<string, 'read' | 'eventual-read' | 'write'>>;
  /** The place of a Service's load balancer is its name: where that is taken there is none for it. */
  readonly onePlacePerService?: true;
  /** TCP and UDP on one port number are one listener there, which has one node port. */
  readonly oneNodePortPerNumber?: true;
  /** How long it takes until a new load balancer serves and its provider has noticed, in milliseconds. Absent: no time. */
  readonly provisioningMs?: number;
  /**
   * Looks a published host name up as clients do, without waiting; empty where there is no such name. Absent: nothing but IP
   * addresses is published.
   */
  resolve?(host: string): readonly IpAddress[];
  /** The machine behind the node at this place in its cluster, by its provider id; it is there from then on. Absent: nodes have none. */
  nodeProviderId?(index: number): string;
  /** What stands there for a Service, by the cloud's own word, for cases of this provider only. */
  look?(key: LoadBalancerKey): JsonObject;
  /** What happens in this cloud only, by name, for cases of this provider. */
  readonly happen?: Readonly<Record<string, (given: JsonObject, key: LoadBalancerKey) => void>>;
  /** Traffic through the simulated data path. Absent: no data path is simulated. */
  readonly dataPath?: DataPath;
  /** Changes the cloud behind the provider's back; what it cannot do it leaves out. */
  readonly tamper?: Partial<Readonly<Record<Tampering, (key: LoadBalancerKey) => Promise<void>>>>;
  /**
   * Makes a thing of somebody else on the same cloud. `other-cluster`: a load balancer that carries the marks of `owner`, who
   * is of another cluster and may have the key of a Service of ours. `in-the-way`: a thing without marks, or with foreign
   * ones, standing where the load balancer of `owner` would go. At any time, with or without instances.
   */
  plantForeign?(what: 'other-cluster' | 'in-the-way', owner: Owner): Promise<Planted>;
  /** Makes a thing that carries the marks of `owner`, who is of this cluster and has a key that no Service has: for the audit. */
  plantStray?(owner: Owner): Promise<Planted>;
}

export type Tampering = 'load-balancer-removed' | 'listener-removed' | 'members-changed';

/** Something in the cloud that the provider did not make, and how it fares. */
export interface Planted {
  readonly id: CloudId;
  /** False once it was changed or removed. */
  untouched(): Promise<boolean>;
  exists(): Promise<boolean>;
}

/** Nodes with node ports, and clients. */
export interface DataPath {
  /** Which nodes there are from now on, and what answers on each; replaces what was said before. */
  setNodes(nodes: readonly SimulatedNode[]): void | Promise<void>;
  /** Addresses for the nodes of a cluster, by index from 0, where not every address can be a node's. */
  nodeAddress?(index: number, family: Family): IpAddress;
  /**
   * One request by a client: a TCP connection that says a line and reads one, or a UDP datagram and its answer. `from`
   * absent: from somewhere. A connection that is cut before a line came counts as `refused`.
   */
  request(from: IpAddress | undefined, to: IpAddress, port: number, protocol: Protocol): Promise<TrafficAnswer>;
}

/** A node as clients and health checks meet it: it answers on each node port, with its name. */
export interface SimulatedNode {
  readonly name: string;
  readonly addresses: Readonly<Partial<Record<Family, IpAddress>>>;
  readonly nodePorts: readonly { readonly protocol: Protocol; readonly port: number }[];
  /** `GET /healthz` there is 200 while there are local endpoints, else 503 (contract I3). */
  readonly healthPorts: readonly { readonly port: number; readonly localEndpoints: number }[];
  /** What kube-proxy's own `GET /healthz` on port 10256 says (contract I5). */
  readonly proxyHealthy: boolean;
}

export type TrafficAnswer =
  | {
      readonly node: string;
      /** The client a PROXY header named, where one was sent. */
      readonly proxied?: { readonly version: 1 | 2; readonly client: IpAddress };
    }
  | 'refused'
  | 'no-answer';

/** How a registry makes one: `wrap` stands around every narrow `api/` object an instance gets (faults, counting). */
export type Simulate = (clock: Clock, wrap?: <T extends object>(api: T, name: string) => T) => Promise<ProviderSimulation>;
