import type { Marks } from '../../../src/model/owner.ts';
import type {
  Arn,
  Attributes,
  CallOptions,
  ElbApi,
  ElbHealthCheck,
  ElbListener,
  ElbLoadBalancer,
  ElbTarget,
  ElbTargetGroup,
  ElbTargetHealth,
  IpAddressType,
  NewListener,
  NewLoadBalancer,
  NewTargetGroup,
  SubnetMapping,
} from '../api/elb.ts';
import { refused } from './amazon-error.ts';
import type { AmazonState } from './amazon-state.ts';
import type { Door } from './door.ts';
import * as listeners from './listeners.ts';
import * as loadBalancers from './load-balancers.ts';
import { addTags, removeTags } from './tag-store.ts';
import * as targetGroups from './target-groups.ts';
import { deregisterTargets, registerTargets, targetHealth } from './targets.ts';
import { checkCount, listenerOf, listenersOf } from './things.ts';

/** How many things one page of a listing has. */
const pageSize = 400;
/** How many things one request may ask for by ARN. */
const namesPerCall = 20;

/** Elastic Load Balancing v2 in memory, as strict as Amazon's. */
export class SimulatedElb implements ElbApi {
  readonly #door: Door;

  constructor(door: Door) {
    this.#door = door;
  }

  // --- reads

  loadBalancers(options: CallOptions): Promise<readonly ElbLoadBalancer[]> {
    const list = (state: AmazonState) => [...state.loadBalancers.values()].map((it) => loadBalancers.shownLoadBalancer(state, it));
    return this.#door.pages(action('DescribeLoadBalancers'), pageSize, options, list);
  }

  loadBalancersByArn(arns: readonly Arn[], options: CallOptions): Promise<readonly ElbLoadBalancer[]> {
    return this.#call('DescribeLoadBalancers', options, arns, (state, asked) => {
      checkCount(asked, namesPerCall);
      return asked.flatMap((arn) => state.loadBalancers.get(arn) ?? []).map((it) => loadBalancers.shownLoadBalancer(state, it));
    });
  }

  targetGroups(options: CallOptions): Promise<readonly ElbTargetGroup[]> {
    const list = (state: AmazonState) => [...state.targetGroups.values()].map((it) => targetGroups.shownTargetGroup(state, it));
    return this.#door.pages(action('DescribeTargetGroups'), pageSize, options, list);
  }

  listeners(loadBalancer: Arn, options: CallOptions): Promise<readonly ElbListener[]> {
    return this.#call('DescribeListeners', options, loadBalancer, (state, arn) => listenersOf(state, arn).map(listeners.shownListener));
  }

  extraCertificates(listener: Arn, options: CallOptions): Promise<readonly Arn[]> {
    return this.#call('DescribeListenerCertificates', options, listener, (state, arn) => listenerOf(state, arn).extraCertificates);
  }

  tags(arns: readonly Arn[], options: CallOptions): Promise<ReadonlyMap<Arn, Marks>> {
    return this.#call('DescribeTags', options, arns, (state, asked) => {
      checkCount(asked, namesPerCall);
      return new Map(asked.flatMap((arn) => (state.tags.has(arn) ? [[arn, state.tags.get(arn) ?? {}] as const] : [])));
    });
  }

  targetHealth(targetGroup: Arn, options: CallOptions): Promise<readonly ElbTargetHealth[]> {
    return this.#call('DescribeTargetHealth', options, targetGroup, targetHealth);
  }

  loadBalancerAttributes(loadBalancer: Arn, options: CallOptions): Promise<Attributes> {
    return this.#call('DescribeLoadBalancerAttributes', options, loadBalancer, loadBalancers.loadBalancerAttributes);
  }

  targetGroupAttributes(targetGroup: Arn, options: CallOptions): Promise<Attributes> {
    return this.#call('DescribeTargetGroupAttributes', options, targetGroup, targetGroups.targetGroupAttributes);
  }

  listenerAttributes(listener: Arn, options: CallOptions): Promise<Attributes> {
    return this.#call('DescribeListenerAttributes', options, listener, listeners.listenerAttributes);
  }

  // --- load balancers

  createLoadBalancer(of: NewLoadBalancer, options: CallOptions): Promise<ElbLoadBalancer> {
    return this.#call('CreateLoadBalancer', options, of, loadBalancers.createLoadBalancer);
  }

  deleteLoadBalancer(loadBalancer: Arn, options: CallOptions): Promise<void> {
    return this.#call('DeleteLoadBalancer', options, loadBalancer, loadBalancers.deleteLoadBalancer);
  }

  setSecurityGroups(arn: Arn, securityGroups: readonly string[], options: CallOptions): Promise<void> {
    return this.#call('SetSecurityGroups', options, securityGroups, (state, asked) => loadBalancers.setSecurityGroups(state, arn, asked));
  }

  setSubnets(arn: Arn, subnets: readonly SubnetMapping[], ipAddressType: IpAddressType, options: CallOptions): Promise<void> {
    return this.#call('SetSubnets', options, subnets, (state, asked) => loadBalancers.setSubnets(state, arn, asked, ipAddressType));
  }

  setIpAddressType(arn: Arn, ipAddressType: IpAddressType, options: CallOptions): Promise<void> {
    return this.#call('SetIpAddressType', options, ipAddressType, (state, asked) => loadBalancers.setIpAddressType(state, arn, asked));
  }

  setLoadBalancerAttributes(arn: Arn, attributes: Attributes, options: CallOptions): Promise<void> {
    return this.#call('ModifyLoadBalancerAttributes', options, attributes, (state, asked) =>
      loadBalancers.setLoadBalancerAttributes(state, arn, asked),
    );
  }

  // --- target groups

  createTargetGroup(of: NewTargetGroup, options: CallOptions): Promise<ElbTargetGroup> {
    return this.#call('CreateTargetGroup', options, of, targetGroups.createTargetGroup);
  }

  setHealthCheck(arn: Arn, healthCheck: ElbHealthCheck, options: CallOptions): Promise<void> {
    return this.#call('ModifyTargetGroup', options, healthCheck, (state, asked) => targetGroups.setHealthCheck(state, arn, asked));
  }

  setTargetGroupAttributes(arn: Arn, attributes: Attributes, options: CallOptions): Promise<void> {
    return this.#call('ModifyTargetGroupAttributes', options, attributes, (state, asked) =>
      targetGroups.setTargetGroupAttributes(state, arn, asked),
    );
  }

  deleteTargetGroup(targetGroup: Arn, options: CallOptions): Promise<void> {
    return this.#call('DeleteTargetGroup', options, targetGroup, targetGroups.deleteTargetGroup);
  }

  registerTargets(arn: Arn, targets: readonly ElbTarget[], options: CallOptions): Promise<void> {
    return this.#call('RegisterTargets', options, targets, (state, asked) => registerTargets(state, arn, asked));
  }

  deregisterTargets(arn: Arn, targets: readonly ElbTarget[], options: CallOptions): Promise<void> {
    return this.#call('DeregisterTargets', options, targets, (state, asked) => deregisterTargets(state, arn, asked));
  }

  // --- listeners

  createListener(of: NewListener, options: CallOptions): Promise<ElbListener> {
    return this.#call('CreateListener', options, of, listeners.createListener);
  }

  setListener(arn: Arn, change: Parameters<ElbApi['setListener']>[1], options: CallOptions): Promise<void> {
    return this.#call('ModifyListener', options, change, (state, asked) => listeners.setListener(state, arn, asked));
  }

  addCertificates(arn: Arn, certificates: readonly Arn[], options: CallOptions): Promise<void> {
    return this.#call('AddListenerCertificates', options, certificates, (state, asked) => listeners.addCertificates(state, arn, asked));
  }

  removeCertificates(arn: Arn, certificates: readonly Arn[], options: CallOptions): Promise<void> {
    return this.#call('RemoveListenerCertificates', options, certificates, (state, asked) =>
      listeners.removeCertificates(state, arn, asked),
    );
  }

  setListenerAttributes(arn: Arn, attributes: Attributes, options: CallOptions): Promise<void> {
    return this.#call('ModifyListenerAttributes', options, attributes, (state, asked) =>
      listeners.setListenerAttributes(state, arn, asked),
    );
  }

  deleteListener(listener: Arn, options: CallOptions): Promise<void> {
    return this.#call('DeleteListener', options, listener, listeners.deleteListener);
  }

  // --- tags

  addTags(arns: readonly Arn[], tags: Marks, options: CallOptions): Promise<void> {
    return this.#call('AddTags', options, { arns, tags }, (state, asked) => {
      checkCount(asked.arns, namesPerCall);
      addTags(state, asked.arns, asked.tags, 'elb', notThere);
    });
  }

  removeTags(arns: readonly Arn[], keys: readonly string[], options: CallOptions): Promise<void> {
    return this.#call('RemoveTags', options, { arns, keys }, (state, asked) => {
      checkCount(asked.arns, namesPerCall);
      removeTags(state, asked.arns, asked.keys, notThere);
    });
  }

  #call<Asked, Answer>(
    name: string,
    options: CallOptions,
    asked: Asked,
    act: (state: AmazonState, asked: Asked) => Answer,
  ): Promise<Answer> {
    return this.#door.call(action(name), options, asked, act);
  }
}

const action = (name: string): string => `elasticloadbalancing:${name}`;

function notThere(arn: Arn): Error {
  if (arn.includes(':targetgroup/')) return refused('TargetGroupNotFound', `no target group ${arn}`);
  return arn.includes(':listener/')
    ? refused('ListenerNotFound', `no listener ${arn}`)
    : refused('LoadBalancerNotFound', `no load balancer ${arn}`);
}
