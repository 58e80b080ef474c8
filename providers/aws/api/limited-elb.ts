import type { CallOptions, ElbApi } from './elb.ts';
import { limitedCall, type CallGate } from './limited-call.ts';
import { elbOperations } from './operations.ts';

/** The same interface, where each method waits for its class of requests, is counted and teaches the limiter. */
export function limitedElb(api: ElbApi, gate: CallGate): ElbApi {
  const call = <T>(method: keyof ElbApi, options: CallOptions, send: (each: CallOptions) => Promise<T>): Promise<T> =>
    limitedCall(gate, elbOperations[method], options, send);
  return {
    loadBalancers: (options) => call('loadBalancers', options, (each) => api.loadBalancers(each)),
    loadBalancersByArn: (arns, options) => call('loadBalancersByArn', options, (each) => api.loadBalancersByArn(arns, each)),
    targetGroups: (options) => call('targetGroups', options, (each) => api.targetGroups(each)),
    listeners: (loadBalancer, options) => call('listeners', options, (each) => api.listeners(loadBalancer, each)),
    extraCertificates: (listener, options) => call('extraCertificates', options, (each) => api.extraCertificates(listener, each)),
    tags: (arns, options) => call('tags', options, (each) => api.tags(arns, each)),
    targetHealth: (targetGroup, options) => call('targetHealth', options, (each) => api.targetHealth(targetGroup, each)),
    loadBalancerAttributes: (loadBalancer, options) =>
      call('loadBalancerAttributes', options, (each) => api.loadBalancerAttributes(loadBalancer, each)),
    targetGroupAttributes: (targetGroup, options) =>
      call('targetGroupAttributes', options, (each) => api.targetGroupAttributes(targetGroup, each)),
    listenerAttributes: (listener, options) => call('listenerAttributes', options, (each) => api.listenerAttributes(listener, each)),
    createLoadBalancer: (of, options) => call('createLoadBalancer', options, (each) => api.createLoadBalancer(of, each)),
    deleteLoadBalancer: (loadBalancer, options) =>
      call('deleteLoadBalancer', options, (each) => api.deleteLoadBalancer(loadBalancer, each)),
    setSecurityGroups: (loadBalancer, securityGroups, options) =>
      call('setSecurityGroups', options, (each) => api.setSecurityGroups(loadBalancer, securityGroups, each)),
    setSubnets: (loadBalancer, subnets, ipAddressType, options) =>
      call('setSubnets', options, (each) => api.setSubnets(loadBalancer, subnets, ipAddressType, each)),
    setIpAddressType: (loadBalancer, ipAddressType, options) =>
      call('setIpAddressType', options, (each) => api.setIpAddressType(loadBalancer, ipAddressType, each)),
    setLoadBalancerAttributes: (loadBalancer, attributes, options) =>
      call('setLoadBalancerAttributes', options, (each) => api.setLoadBalancerAttributes(loadBalancer, attributes, each)),
    createTargetGroup: (of, options) => call('createTargetGroup', options, (each) => api.createTargetGroup(of, each)),
    setHealthCheck: (targetGroup, healthCheck, options) =>
      call('setHealthCheck', options, (each) => api.setHealthCheck(targetGroup, healthCheck, each)),
    setTargetGroupAttributes: (targetGroup, attributes, options) =>
      call('setTargetGroupAttributes', options, (each) => api.setTargetGroupAttributes(targetGroup, attributes, each)),
    deleteTargetGroup: (targetGroup, options) => call('deleteTargetGroup', options, (each) => api.deleteTargetGroup(targetGroup, each)),
    registerTargets: (targetGroup, targets, options) =>
      call('registerTargets', options, (each) => api.registerTargets(targetGroup, targets, each)),
    deregisterTargets: (targetGroup, targets, options) =>
      call('deregisterTargets', options, (each) => api.deregisterTargets(targetGroup, targets, each)),
    createListener: (of, options) => call('createListener', options, (each) => api.createListener(of, each)),
    setListener: (listener, change, options) => call('setListener', options, (each) => api.setListener(listener, change, each)),
    addCertificates: (listener, certificates, options) =>
      call('addCertificates', options, (each) => api.addCertificates(listener, certificates, each)),
    removeCertificates: (listener, certificates, options) =>
      call('removeCertificates', options, (each) => api.removeCertificates(listener, certificates, each)),
    setListenerAttributes: (listener, attributes, options) =>
      call('setListenerAttributes', options, (each) => api.setListenerAttributes(listener, attributes, each)),
    deleteListener: (listener, options) => call('deleteListener', options, (each) => api.deleteListener(listener, each)),
    addTags: (arns, tags, options) => call('addTags', options, (each) => api.addTags(arns, tags, each)),
    removeTags: (arns, keys, options) => call('removeTags', options, (each) => api.removeTags(arns, keys, each)),
  };
}
