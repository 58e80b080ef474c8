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
  ElbZone,
  IpAddressType,
  NewListener,
  NewLoadBalancer,
  NewTargetGroup,
  SubnetMapping,
} from '../api/elb.ts';
import { elbOperations } from '../api/operations.ts';
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
    return this.#door.pages(elbOperations.loadBalancers, pageSize, options, list);
  }

  loadBalancersByArn(arns: readonly Arn[], options: CallOptions): Promise<readonly ElbLoadBalancer[]> {
    return this.#door.call(elbOperations.loadBalancersByArn, options, arns, (state, asked) => {
      checkCount(asked, namesPerCall);
      return asked.flatMap((arn) => state.loadBalancers.get(arn) ?? []).map((it) => loadBalancers.shownLoadBalancer(state, it));
    });
  }

  targetGroups(options: CallOptions): Promise<readonly ElbTargetGroup[]> {
    const list = (state: AmazonState) => [...state.targetGroups.values()].map((it) => targetGroups.shownTargetGroup(state, it));
    return this.#door.pages(elbOperations.targetGroups, pageSize, options, list);
  }

  listeners(loadBalancer: Arn, options: CallOptions): Promise<readonly ElbListener[]> {
    return this.#door.call(elbOperations.listeners, options, loadBalancer, (state, arn) =>
      listenersOf(state, arn).map(listeners.shownListener),
    );
  }

  extraCertificates(listener: Arn, options: CallOptions): Promise<readonly Arn[]> {
    return this.#door.call(elbOperations.extraCertificates, options, listener, (state, arn) => listenerOf(state, arn).extraCertificates);
  }

  tags(arns: readonly Arn[], options: CallOptions): Promise<ReadonlyMap<Arn, Marks>> {
    return this.#door.call(elbOperations.tags, options, arns, (state, asked) => {
      checkCount(asked, namesPerCall);
      return new Map(asked.flatMap((arn) => (state.tags.has(arn) ? [[arn, state.tags.get(arn) ?? {}] as const] : [])));
    });
  }

  targetHealth(targetGroup: Arn, options: CallOptions): Promise<readonly ElbTargetHealth[]> {
    return this.#door.call(elbOperations.targetHealth, options, targetGroup, targetHealth);
  }

  loadBalancerAttributes(loadBalancer: Arn, options: CallOptions): Promise<Attributes> {
    return this.#door.call(elbOperations.loadBalancerAttributes, options, loadBalancer, loadBalancers.loadBalancerAttributes);
  }

  targetGroupAttributes(targetGroup: Arn, options: CallOptions): Promise<Attributes> {
    return this.#door.call(elbOperations.targetGroupAttributes, options, targetGroup, targetGroups.targetGroupAttributes);
  }

  listenerAttributes(listener: Arn, options: CallOptions): Promise<Attributes> {
    return this.#door.call(elbOperations.listenerAttributes, options, listener, listeners.listenerAttributes);
  }

  // --- load balancers

  createLoadBalancer(of: NewLoadBalancer, options: CallOptions): Promise<ElbLoadBalancer> {
    return this.#door.call(elbOperations.createLoadBalancer, options, of, loadBalancers.createLoadBalancer);
  }

  deleteLoadBalancer(loadBalancer: Arn, options: CallOptions): Promise<void> {
    return this.#door.call(elbOperations.deleteLoadBalancer, options, loadBalancer, loadBalancers.deleteLoadBalancer);
  }

  setSecurityGroups(arn: Arn, securityGroups: readonly string[], options: CallOptions): Promise<void> {
    return this.#door.call(elbOperations.setSecurityGroups, options, securityGroups, (state, asked) =>
      loadBalancers.setSecurityGroups(state, arn, asked),
    );
  }

  setSubnets(arn: Arn, subnets: readonly SubnetMapping[], ipAddressType: IpAddressType, options: CallOptions): Promise<readonly ElbZone[]> {
    return this.#door.call(elbOperations.setSubnets, options, subnets, (state, asked) =>
      loadBalancers.setSubnets(state, arn, asked, ipAddressType),
    );
  }

  setIpAddressType(arn: Arn, ipAddressType: IpAddressType, options: CallOptions): Promise<void> {
    return this.#door.call(elbOperations.setIpAddressType, options, ipAddressType, (state, asked) =>
      loadBalancers.setIpAddressType(state, arn, asked),
    );
  }

  setLoadBalancerAttributes(arn: Arn, attributes: Attributes, options: CallOptions): Promise<void> {
    return this.#door.call(elbOperations.setLoadBalancerAttributes, options, attributes, (state, asked) =>
      loadBalancers.setLoadBalancerAttributes(state, arn, asked),
    );
  }

  // --- target groups

  createTargetGroup(of: NewTargetGroup, options: CallOptions): Promise<ElbTargetGroup> {
    return this.#door.call(elbOperations.createTargetGroup, options, of, targetGroups.createTargetGroup);
  }

  setHealthCheck(arn: Arn, healthCheck: ElbHealthCheck, options: CallOptions): Promise<void> {
    return this.#door.call(elbOperations.setHealthCheck, options, healthCheck, (state, asked) =>
      targetGroups.setHealthCheck(state, arn, asked),
    );
  }

  setTargetGroupAttributes(arn: Arn, attributes: Attributes, options: CallOptions): Promise<void> {
    return this.#door.call(elbOperations.setTargetGroupAttributes, options, attributes, (state, asked) =>
      targetGroups.setTargetGroupAttributes(state, arn, asked),
    );
  }

  deleteTargetGroup(targetGroup: Arn, options: CallOptions): Promise<void> {
    return this.#door.call(elbOperations.deleteTargetGroup, options, targetGroup, targetGroups.deleteTargetGroup);
  }

  registerTargets(arn: Arn, targets: readonly ElbTarget[], options: CallOptions): Promise<void> {
    return this.#door.call(elbOperations.registerTargets, options, targets, (state, asked) => registerTargets(state, arn, asked));
  }

  deregisterTargets(arn: Arn, targets: readonly ElbTarget[], options: CallOptions): Promise<void> {
    return this.#door.call(elbOperations.deregisterTargets, options, targets, (state, asked) => deregisterTargets(state, arn, asked));
  }

  // --- listeners

  createListener(of: NewListener, options: CallOptions): Promise<ElbListener> {
    return this.#door.call(elbOperations.createListener, options, of, listeners.createListener);
  }

  setListener(arn: Arn, change: Parameters<ElbApi['setListener']>[1], options: CallOptions): Promise<void> {
    return this.#door.call(elbOperations.setListener, options, change, (state, asked) => listeners.setListener(state, arn, asked));
  }

  addCertificates(arn: Arn, certificates: readonly Arn[], options: CallOptions): Promise<void> {
    return this.#door.call(elbOperations.addCertificates, options, certificates, (state, asked) =>
      listeners.addCertificates(state, arn, asked),
    );
  }

  removeCertificates(arn: Arn, certificates: readonly Arn[], options: CallOptions): Promise<void> {
    return this.#door.call(elbOperations.removeCertificates, options, certificates, (state, asked) =>
      listeners.removeCertificates(state, arn, asked),
    );
  }

  setListenerAttributes(arn: Arn, attributes: Attributes, options: CallOptions): Promise<void> {
    return this.#door.call(elbOperations.setListenerAttributes, options, attributes, (state, asked) =>
      listeners.setListenerAttributes(state, arn, asked),
    );
  }

  deleteListener(listener: Arn, options: CallOptions): Promise<void> {
    return this.#door.call(elbOperations.deleteListener, options, listener, listeners.deleteListener);
  }

  // --- tags

  addTags(arns: readonly Arn[], tags: Marks, options: CallOptions): Promise<void> {
    return this.#door.call(elbOperations.addTags, options, { arns, tags }, (state, asked) => {
      checkCount(asked.arns, namesPerCall);
      addTags(state, asked.arns, asked.tags, 'elb', notThere);
    });
  }

  removeTags(arns: readonly Arn[], keys: readonly string[], options: CallOptions): Promise<void> {
    return this.#door.call(elbOperations.removeTags, options, { arns, keys }, (state, asked) => {
      checkCount(asked.arns, namesPerCall);
      removeTags(state, asked.arns, asked.keys, notThere);
    });
  }
}

function notThere(arn: Arn): Error {
  if (arn.includes(':targetgroup/')) return refused('TargetGroupNotFound', `no target group ${arn}`);
  return arn.includes(':listener/')
    ? refused('ListenerNotFound', `no listener ${arn}`)
    : refused('LoadBalancerNotFound', `no load balancer ${arn}`);
}
