import type { Ec2Api } from './ec2.ts';
import type { CallOptions } from './elb.ts';
import { limitedCall, type CallGate } from './limited-call.ts';
import { ec2Operations } from './operations.ts';

/** As `limitedElb`. */
export function limitedEc2(api: Ec2Api, gate: CallGate): Ec2Api {
  const call = <T>(method: keyof Ec2Api, options: CallOptions, send: () => Promise<T>): Promise<T> =>
    limitedCall(gate, ec2Operations[method], options, send);
  return {
    subnets: (vpcId, options) => call('subnets', options, () => api.subnets(vpcId, options)),
    routeTables: (vpcId, options) => call('routeTables', options, () => api.routeTables(vpcId, options)),
    securityGroups: (vpcId, filter, options) => call('securityGroups', options, () => api.securityGroups(vpcId, filter, options)),
    addresses: (publicIps, allocationIds, options) => call('addresses', options, () => api.addresses(publicIps, allocationIds, options)),
    instances: (ids, options) => call('instances', options, () => api.instances(ids, options)),
    createSecurityGroup: (of, options) => call('createSecurityGroup', options, () => api.createSecurityGroup(of, options)),
    deleteSecurityGroup: (id, options) => call('deleteSecurityGroup', options, () => api.deleteSecurityGroup(id, options)),
    authorizeIngress: (id, rules, tags, options) => call('authorizeIngress', options, () => api.authorizeIngress(id, rules, tags, options)),
    revokeIngress: (id, ruleIds, options) => call('revokeIngress', options, () => api.revokeIngress(id, ruleIds, options)),
    addTags: (ids, tags, options) => call('addTags', options, () => api.addTags(ids, tags, options)),
    removeTags: (ids, keys, options) => call('removeTags', options, () => api.removeTags(ids, keys, options)),
  };
}
