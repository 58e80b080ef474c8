/** What a connection and a load balancer of Amazon's are asked to be, parsed. How it is written, the rows beside say. */
import type { ElbScheme, HealthCheckProtocol, IpAddressType } from '../api/elb.ts';

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
  /** Where Amazon gave the account more than it gives everybody. */
  readonly quotas?: Partial<Quotas>;
}

/** How much Amazon lets one load balancer have. */
export interface Quotas {
  readonly listeners: number;
  /** Beside the default ones. */
  readonly certificates: number;
  /** Of one target group. */
  readonly targets: number;
  /** For IPv4 and for IPv6 apart. */
  readonly rulesPerSecurityGroup: number;
  readonly securityGroups: number;
}

/** Which load balancer it is, and where it stands. */
export interface PlaceSettings {
  readonly name?: string;
  /** Read into the scheme of the spec, and never here. */
  readonly elbScheme?: ElbScheme;
  /** `nlb-ip` and `ip` are refused, with a reason. */
  readonly kind?: 'nlb' | 'external' | 'nlb-ip';
  readonly targetType?: 'instance' | 'ip';
  /** Read into the members of the spec, and never here. */
  readonly targetNodeLabels?: readonly string[];
  readonly ipAddressType?: IpAddressType;
  /** Ids or Name tags, in the user's order; empty: found by tags and routes. */
  readonly subnets: readonly string[];
  readonly eipAllocations: readonly string[];
  readonly privateIpv4Addresses: readonly string[];
  readonly resourceTags: Readonly<Record<string, string>>;
}

/** How connections are taken, and how they are passed on. Maps by port hold the rest of the annotation's key: `80`, `TCP-80`. */
export interface ListenerSettings {
  readonly sslCert: readonly string[];
  /** Names or numbers of ports; absent or `*`: all TCP ports. */
  readonly sslPorts?: readonly string[];
  readonly sslNegotiationPolicy: string;
  /** All but `ssl` mean TCP, as for both peers. */
  readonly backendProtocol: 'ssl' | 'tcp' | 'http' | 'https';
  readonly alpnPolicy?: 'HTTP1Only' | 'HTTP2Only' | 'HTTP2Optional' | 'HTTP2Preferred' | 'None';
  /** `*` is v2, as one peer writes it, and `false` is off. */
  readonly proxyProtocol: 'off' | 'v2' | '*' | 'false';
  readonly proxyProtocolPerTargetGroup?: readonly string[];
  readonly targetGroupAttributes: Readonly<Record<string, string>>;
  readonly targetGroupAttributesByPort: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly listenerAttributesByPort: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Seconds. */
  readonly drainingTimeout?: number;
  readonly tcpUdpListener: boolean;
}

/** How nodes are asked whether they are well. Absent fields follow from the traffic policy. */
export interface HealthSettings {
  readonly healthCheckProtocol?: HealthCheckProtocol;
  /** `traffic-port`, a number, or a port's name. */
  readonly healthCheckPort?: string;
  readonly healthCheckPath?: string;
  /** Seconds, as the timeout. */
  readonly healthCheckInterval?: number;
  readonly healthCheckTimeout?: number;
  readonly healthCheckHealthyThreshold?: number;
  readonly healthCheckUnhealthyThreshold?: number;
  readonly healthCheckSuccessCodes?: string;
  /** Under Cluster: kube-proxy's own `/healthz` on 10256 in place of the node port. */
  readonly healthCheckOfKubeProxy: boolean;
}

/** Who may connect, and what else the load balancer itself is. */
export interface AccessSettings {
  readonly securityGroups: readonly string[];
  readonly extraSecurityGroups: readonly string[];
  readonly manageBackendRules?: boolean;
  readonly securityGroupPrefixLists: readonly string[];
  readonly pathMtuDiscovery: 'on' | 'off';

  readonly attributes: Readonly<Record<string, string>>;
  readonly crossZone?: boolean;
  readonly accessLogs?: boolean;
  readonly accessLogsBucket?: string;
  readonly accessLogsPrefix?: string;
}

/** Per load balancer. Absent fields are Amazon's defaults, or what the fields beside them imply. */
export interface Settings extends PlaceSettings, ListenerSettings, HealthSettings, AccessSettings {}
