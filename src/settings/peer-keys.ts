/** A controller whose annotations people bring along, and the keys it is known to read. */
export interface Peer {
  readonly name: string;
  readonly prefixes: readonly string[];
  /** What may follow a prefix. Only for telling a typing error from a key of another controller. */
  readonly keys: readonly string[];
  /** Keys that are followed by a part of the user's own, such as `listener-attributes.TCP-80`. */
  readonly openKeys?: readonly string[];
  /** Written by the controller itself: says nothing a user wants. */
  readonly outputs?: readonly string[];
}

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

export const peers: readonly Peer[] = [
  {
    name: 'the AWS controllers',
    prefixes: ['service.beta.kubernetes.io/aws-load-balancer-'],
    keys: words(`
      access-log-emit-interval access-log-enabled access-log-s3-bucket-name access-log-s3-bucket-prefix
      additional-resource-tags alpn-policy attributes backend-protocol connection-draining-enabled
      connection-draining-timeout connection-idle-timeout cross-zone-load-balancing-enabled disable-nlb-sg eip-allocations
      enable-icmp-for-path-mtu-discovery enable-prefix-for-ipv6-source-nat enable-tcp-udp-listener extra-security-groups
      healthcheck-healthy-threshold healthcheck-interval healthcheck-path healthcheck-port healthcheck-protocol
      healthcheck-success-codes healthcheck-timeout healthcheck-unhealthy-threshold
      inbound-sg-rules-on-private-link-traffic internal ip-address-type ipv6-addresses
      manage-backend-security-group-rules minimum-load-balancer-capacity multi-cluster-target-group name nlb-target-type
      private-ipv4-addresses proxy-protocol proxy-protocol-per-target-group quic-enabled-ports scheme
      security-group-prefix-lists security-groups source-nat-ipv6-prefixes ssl-cert ssl-negotiation-policy ssl-ports
      subnets target-group-attributes target-node-labels type`),
    openKeys: ['listener-attributes.', 'target-group-attributes.'],
  },
  {
    name: 'the AWS controllers',
    prefixes: ['service.beta.kubernetes.io/actions.'],
    keys: [],
    openKeys: [''],
  },
  {
    name: 'the OpenStack cloud provider',
    prefixes: ['service.beta.kubernetes.io/openstack-'],
    keys: ['internal-load-balancer'],
  },
  {
    name: 'the OpenStack cloud provider',
    prefixes: ['loadbalancer.openstack.org/'],
    keys: words(`
      availability-zone class connection-limit default-tls-container-ref enable-health-monitor flavor-id
      floating-network-id floating-subnet floating-subnet-id floating-subnet-tags health-monitor-delay
      health-monitor-max-retries health-monitor-max-retries-down health-monitor-timeout hostname keep-floatingip
      lb-method listener-tags load-balancer-id load-balancer-tags member-subnet-id network-id node-selector pool-tags
      port-id proxy-protocol subnet-id timeout-client-data timeout-member-connect timeout-member-data
      timeout-tcp-inspect x-forwarded-for`),
    outputs: ['load-balancer-address'],
  },
  {
    name: 'MetalLB',
    prefixes: ['metallb.io/', 'metallb.universe.tf/'],
    keys: ['address-pool', 'allow-shared-ip', 'loadBalancerIPs'],
    outputs: ['ip-allocated-from-pool'],
  },
];

/** Which peer's prefix a key is under, and what follows it. */
export function peerOf(key: string): { readonly peer: Peer; readonly prefix: string; readonly rest: string } | undefined {
  for (const peer of peers) {
    const prefix = peer.prefixes.find((start) => key.startsWith(start));
    if (prefix !== undefined) return { peer, prefix, rest: key.slice(prefix.length) };
  }
  return undefined;
}
