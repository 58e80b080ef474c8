/** What a connection and a load balancer of Amazon's are asked to be, parsed. The rows that say how it is written come beside. */
import type { HealthCheckProtocol, IpAddressType } from '../api/elb.ts';

/** One entry under `providers:`. */
export interface Connection {
  readonly region: string;
  /** Absent: that of the nodes. */
  readonly vpcId?: string;
  /** In place of Amazon's own, for tests and private endpoints. */
  readonly endpoint?: string;
  /** The name in `kubernetes.io/cluster/<name>` tags of subnets and security groups; absent: such tags are not looked at. */
  readonly clusterName?: string;
  /** First and last node port that load balancers may reach: the static rule of the nodes' security groups. */
  readonly nodePortRange: string;
  /** The nodes' security groups; empty: found by the nodes. */
  readonly nodeSecurityGroups: readonly string[];
}

/**
 * Per load balancer. Absent fields are Amazon's defaults, or what the fields beside them imply. Maps by port hold the rest of
 * the annotation's key: `80`, `TCP-80`.
 */
export interface Settings {
  readonly name?: string;
  readonly ipAddressType?: IpAddressType;
  /** Ids or Name tags, in the user's order; empty: found by tags and routes. */
  readonly subnets: readonly string[];
  readonly eipAllocations: readonly string[];
  readonly privateIpv4Addresses: readonly string[];
  readonly resourceTags: Readonly<Record<string, string>>;

  readonly sslCert: readonly string[];
  /** Names or numbers of ports; absent or `*`: all TCP ports. */
  readonly sslPorts?: readonly string[];
  readonly sslNegotiationPolicy: string;
  readonly backendProtocol?: 'ssl' | 'tcp';
  readonly alpnPolicy?: 'HTTP1Only' | 'HTTP2Only' | 'HTTP2Optional' | 'HTTP2Preferred' | 'None';
  readonly proxyProtocol?: '*';
  readonly proxyProtocolPerTargetGroup?: readonly string[];
  readonly targetGroupAttributes: Readonly<Record<string, string>>;
  readonly targetGroupAttributesByPort: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly listenerAttributesByPort: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly tcpUdpListener: boolean;

  readonly healthCheckProtocol?: HealthCheckProtocol;
  /** `traffic-port`, a number, or a port's name. */
  readonly healthCheckPort?: string;
  readonly healthCheckPath?: string;
  readonly healthCheckInterval?: number;
  readonly healthCheckTimeout?: number;
  readonly healthCheckHealthyThreshold?: number;
  readonly healthCheckUnhealthyThreshold?: number;
  readonly healthCheckSuccessCodes?: string;
  /** Under Cluster: kube-proxy's own `/healthz` on 10256 in place of the node port. */
  readonly healthCheckOfKubeProxy: boolean;

  readonly securityGroups: readonly string[];
  readonly extraSecurityGroups: readonly string[];
  readonly manageBackendRules?: boolean;
  readonly securityGroupPrefixLists: readonly string[];
  readonly pathMtuDiscovery: boolean;

  readonly attributes: Readonly<Record<string, string>>;
  readonly crossZone?: boolean;
  readonly accessLogs?: boolean;
  readonly accessLogsBucket?: string;
  readonly accessLogsPrefix?: string;
}
