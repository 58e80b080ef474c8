import type { Ec2Api } from './ec2.ts';
import type { CallOptions } from './elb.ts';
import { limitedCall, type CallGate } from './limited-call.ts';
import { ec2Operations } from './operations.ts';

/** As `limitedElb`. */
export function limitedEc2(api: Ec2Api, gate: CallGate): Ec2Api {
  const call = <T>(method: keyof Ec2Api, options: CallOptions, send: (each: CallOptions) => Promise<T>): Promise<T> =>
    limitedCall(gate, ec2Operations[method], options, send);
  return {
    subnets: (vpcId, options) => call('subnets', options, (each) => api.subnets(vpcId, each)),
    routeTables: (vpcId, options) => call('routeTables', options, (each) => api.routeTables(vpcId, each)),
    securityGroups: (vpcId, filter, options) => call('securityGroups', options, (each) => api.securityGroups(vpcId, filter, each)),
    addresses: (publicIps, allocationIds, options) => call('addresses', options, (each) => api.addresses(publicIps, allocationIds, each)),
    instances: (ids, options) => call('instances', options, (each) => api.instances(ids, each)),
    createSecurityGroup: (of, options) => call('createSecurityGroup', options, (each) => api.createSecurityGroup(of, each)),
    deleteSecurityGroup: (id, options) => call('deleteSecurityGroup', options, (each) => api.deleteSecurityGroup(id, each)),
    authorizeIngress: (id, rules, tags, options) =>
      call('authorizeIngress', options, (each) => api.authorizeIngress(id, rules, tags, each)),
    revokeIngress: (id, ruleIds, options) => call('revokeIngress', options, (each) => api.revokeIngress(id, ruleIds, each)),
    addTags: (ids, tags, options) => call('addTags', options, (each) => api.addTags(ids, tags, each)),
    removeTags: (ids, keys, options) => call('removeTags', options, (each) => api.removeTags(ids, keys, each)),
  };
}
