/** What one account may have in one region. Those that Amazon raises on request are here; what an API call may carry is not. */
export interface Quotas {
  readonly loadBalancers: number;
  readonly targetGroups: number;
  readonly listenersPerLoadBalancer: number;
  readonly certificatesPerLoadBalancer: number;
  readonly targetsPerGroup: number;
  /** Counted once per target group. */
  readonly targetsPerLoadBalancer: number;
  readonly targetsPerZone: number;
  readonly securityGroupsPerVpc: number;
  /** Counted for IPv4 and for IPv6 apart. */
  readonly rulesPerSecurityGroup: number;
  readonly securityGroupsPerInterface: number;
  readonly tags: number;
}

/** Amazon's defaults. */
export const amazonQuotas: Quotas = {
  loadBalancers: 50,
  targetGroups: 3000,
  listenersPerLoadBalancer: 50,
  certificatesPerLoadBalancer: 25,
  targetsPerGroup: 1000,
  targetsPerLoadBalancer: 3000,
  targetsPerZone: 500,
  securityGroupsPerVpc: 2500,
  rulesPerSecurityGroup: 60,
  securityGroupsPerInterface: 5,
  tags: 50,
};
