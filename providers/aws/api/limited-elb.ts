import type { CallOptions, ElbApi } from './elb.ts';
import { limitedCall, type CallGate } from './limited-call.ts';
import { elbOperations } from './operations.ts';

/** The same interface, where each method waits for its class of requests, is counted and teaches the limiter. */
export function limitedElb(api: ElbApi, gate: CallGate): ElbApi {
  const call = <T>(method: keyof ElbApi, options: CallOptions, send: () => Promise<T>): Promise<T> =>
    limitedCall(gate, elbOperations[method], options, send);
  return {
    loadBalancers: (options) => call('loadBalancers', options, () => api.loadBalancers(options)),
    loadBalancersByArn: (arns, options) => call('loadBalancersByArn', options, () => api.loadBalancersByArn(arns, options)),
    targetGroups: (options) => call('targetGroups', options, () => api.targetGroups(options)),
    listeners: (loadBalancer, options) => call('listeners', options, () => api.listeners(loadBalancer, options)),
    extraCertificates: (listener, options) => call('extraCertificates', options, () => api.extraCertificates(listener, options)),
    tags: (arns, options) => call('tags', options, () => api.tags(arns, options)),
    targetHealth: (targetGroup, options) => call('targetHealth', options, () => api.targetHealth(targetGroup, options)),
    loadBalancerAttributes: (loadBalancer, options) =>
      call('loadBalancerAttributes', options, () => api.loadBalancerAttributes(loadBalancer, options)),
    targetGroupAttributes: (targetGroup, options) =>
      call('targetGroupAttributes', options, () => api.targetGroupAttributes(targetGroup, options)),
    listenerAttributes: (listener, options) => call('listenerAttributes', options, () => api.listenerAttributes(listener, options)),
    createLoadBalancer: (of, options) => call('createLoadBalancer', options, () => api.createLoadBalancer(of, options)),
    deleteLoadBalancer: (loadBalancer, options) => call('deleteLoadBalancer', options, () => api.deleteLoadBalancer(loadBalancer, options)),
    setSecurityGroups: (loadBalancer, securityGroups, options) =>
      call('setSecurityGroups', options, () => api.setSecurityGroups(loadBalancer, securityGroups, options)),
    setSubnets: (loadBalancer, subnets, ipAddressType, options) =>
      call('setSubnets', options, () => api.setSubnets(loadBalancer, subnets, ipAddressType, options)),
    setIpAddressType: (loadBalancer, ipAddressType, options) =>
      call('setIpAddressType', options, () => api.setIpAddressType(loadBalancer, ipAddressType, options)),
    setLoadBalancerAttributes: (loadBalancer, attributes, options) =>
      call('setLoadBalancerAttributes', options, () => api.setLoadBalancerAttributes(loadBalancer, attributes, options)),
    createTargetGroup: (of, options) => call('createTargetGroup', options, () => api.createTargetGroup(of, options)),
    setHealthCheck: (targetGroup, healthCheck, options) =>
      call('setHealthCheck', options, () => api.setHealthCheck(targetGroup, healthCheck, options)),
    setTargetGroupAttributes: (targetGroup, attributes, options) =>
      call('setTargetGroupAttributes', options, () => api.setTargetGroupAttributes(targetGroup, attributes, options)),
    deleteTargetGroup: (targetGroup, options) => call('deleteTargetGroup', options, () => api.deleteTargetGroup(targetGroup, options)),
    registerTargets: (targetGroup, targets, options) =>
      call('registerTargets', options, () => api.registerTargets(targetGroup, targets, options)),
    deregisterTargets: (targetGroup, targets, options) =>
      call('deregisterTargets', options, () => api.deregisterTargets(targetGroup, targets, options)),
    createListener: (of, options) => call('createListener', options, () => api.createListener(of, options)),
    setListener: (listener, change, options) => call('setListener', options, () => api.setListener(listener, change, options)),
    addCertificates: (listener, certificates, options) =>
      call('addCertificates', options, () => api.addCertificates(listener, certificates, options)),
    removeCertificates: (listener, certificates, options) =>
      call('removeCertificates', options, () => api.removeCertificates(listener, certificates, options)),
    setListenerAttributes: (listener, attributes, options) =>
      call('setListenerAttributes', options, () => api.setListenerAttributes(listener, attributes, options)),
    deleteListener: (listener, options) => call('deleteListener', options, () => api.deleteListener(listener, options)),
    addTags: (arns, tags, options) => call('addTags', options, () => api.addTags(arns, tags, options)),
    removeTags: (arns, keys, options) => call('removeTags', options, () => api.removeTags(arns, keys, options)),
  };
}
