/** One mutation of Amazon's, as JSON. Where an earlier step makes an input, it stands as `{ from, output }` until then. */
import type { FromStep } from '../../src/model/plan.ts';
import type { Marks } from '../../src/model/owner.ts';
import type { Attributes, ElbHealthCheck, ElbTarget, IpAddressType, ListenerProtocol, NewTargetGroup, SubnetMapping } from './api/elb.ts';
import type { Ec2Rule, NewSecurityGroup } from './api/ec2.ts';

type Made<T extends string = string> = T | FromStep;

/** A rule whose source may be a group that an earlier step makes. */
export type RuleToMake = Omit<Ec2Rule, 'source'> & { readonly source: Ec2Rule['source'] | { readonly group: FromStep } };

export type Operation =
  | { readonly do: 'create-security-group'; readonly of: NewSecurityGroup }
  | {
      readonly do: 'authorize';
      readonly on: Made;
      readonly rules: readonly RuleToMake[];
      readonly tags: Marks;
      /** Where they do not fit beside those that a later step takes away, the plan after this one makes them. */
      readonly mayLackRoom?: true;
    }
  | { readonly do: 'revoke'; readonly on: string; readonly rules: readonly string[] }
  | { readonly do: 'delete-security-group'; readonly on: string }
  | {
      readonly do: 'create-load-balancer';
      readonly name: string;
      readonly scheme: 'internet-facing' | 'internal';
      readonly ipAddressType: IpAddressType;
      readonly subnets: readonly SubnetMapping[];
      readonly securityGroups: readonly Made[];
      readonly tags: Marks;
    }
  | { readonly do: 'delete-load-balancer'; readonly on: string }
  | { readonly do: 'set-security-groups'; readonly on: string; readonly securityGroups: readonly Made[] }
  | { readonly do: 'set-subnets'; readonly on: string; readonly subnets: readonly SubnetMapping[]; readonly ipAddressType: IpAddressType }
  | { readonly do: 'set-ip-address-type'; readonly on: string; readonly ipAddressType: IpAddressType }
  | { readonly do: 'set-load-balancer-attributes'; readonly on: Made; readonly attributes: Attributes }
  | { readonly do: 'create-target-group'; readonly of: NewTargetGroup }
  | { readonly do: 'set-health-check'; readonly on: string; readonly healthCheck: ElbHealthCheck }
  | { readonly do: 'set-target-group-attributes'; readonly on: Made; readonly attributes: Attributes }
  | { readonly do: 'delete-target-group'; readonly on: string }
  | { readonly do: 'register'; readonly on: Made; readonly targets: readonly ElbTarget[] }
  | { readonly do: 'deregister'; readonly on: string; readonly targets: readonly ElbTarget[] }
  | {
      readonly do: 'create-listener';
      readonly on: Made;
      readonly port: number;
      readonly protocol: ListenerProtocol;
      readonly targetGroup: Made;
      readonly certificate?: string;
      readonly sslPolicy?: string;
      readonly alpnPolicy?: string;
      readonly tags: Marks;
    }
  | {
      readonly do: 'set-listener';
      readonly on: string;
      readonly loadBalancer: string;
      readonly protocol?: ListenerProtocol;
      readonly targetGroup?: Made;
      readonly certificate?: string;
      readonly sslPolicy?: string;
      readonly alpnPolicy?: string;
    }
  | { readonly do: 'add-certificates'; readonly on: Made; readonly certificates: readonly string[] }
  | { readonly do: 'remove-certificates'; readonly on: string; readonly certificates: readonly string[] }
  | { readonly do: 'set-listener-attributes'; readonly on: Made; readonly attributes: Attributes }
  | { readonly do: 'delete-listener'; readonly on: string; readonly loadBalancer: string }
  | { readonly do: 'add-tags'; readonly on: readonly string[]; readonly tags: Marks }
  | { readonly do: 'remove-tags'; readonly on: readonly string[]; readonly keys: readonly string[] };
