import {
  AddListenerCertificatesCommand,
  AddTagsCommand,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DeleteListenerCommand,
  DeleteLoadBalancerCommand,
  DeleteTargetGroupCommand,
  DeregisterTargetsCommand,
  ModifyListenerAttributesCommand,
  ModifyListenerCommand,
  ModifyLoadBalancerAttributesCommand,
  ModifyTargetGroupAttributesCommand,
  ModifyTargetGroupCommand,
  RegisterTargetsCommand,
  RemoveListenerCertificatesCommand,
  RemoveTagsCommand,
  SetIpAddressTypeCommand,
  SetSecurityGroupsCommand,
  SetSubnetsCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { LbError } from '../../../src/errors.ts';
import type { Marks } from '../../../src/model/owner.ts';
import type { Attributes, CallOptions, ElbHealthCheck, ElbTarget, ElbWrites, NewListener, SubnetMapping } from './elb.ts';
import { elbOperations as does, type Operation } from './operations.ts';
import { parseListeners } from './parse-listeners.ts';
import { parseLoadBalancers, parseZones } from './parse-load-balancers.ts';
import { parseTargetGroups } from './parse-target-groups.ts';
import type { SentRequest } from './sdk-errors.ts';
import { halved, isNotFound, type SdkRequests, type Within } from './sdk-requests.ts';

/** The changes of Elastic Load Balancing v2 by Amazon's SDK. */
export function sdkElbWrites(requests: SdkRequests<ElasticLoadBalancingV2Client>): ElbWrites {
  type Send = (client: ElasticLoadBalancingV2Client, within: Within) => Promise<unknown>;
  const change = async (operation: Operation, options: CallOptions, send: Send, named: SentRequest['named'] = {}): Promise<void> => {
    await requests.one({ operation, named }, options, send);
  };
  const remove = async (operation: Operation, options: CallOptions, send: Send): Promise<void> => {
    try {
      await change(operation, options, send);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  };

  return {
    createLoadBalancer: (of, options) =>
      requests.one({ operation: does.createLoadBalancer, named: namedBy(of) }, options, async (client, within) => {
        const command = new CreateLoadBalancerCommand({
          Name: of.name,
          Type: 'network',
          Scheme: of.scheme,
          IpAddressType: of.ipAddressType,
          SubnetMappings: mappings(of.subnets),
          SecurityGroups: [...of.securityGroups],
          Tags: tagList(of.tags),
        });
        return only(parseLoadBalancers(await client.send(command, within), does.createLoadBalancer.action), does.createLoadBalancer);
      }),

    deleteLoadBalancer: (LoadBalancerArn, options) =>
      remove(does.deleteLoadBalancer, options, (client, within) => client.send(new DeleteLoadBalancerCommand({ LoadBalancerArn }), within)),

    setSecurityGroups: (LoadBalancerArn, securityGroups, options) =>
      change(
        does.setSecurityGroups,
        options,
        (client, within) => client.send(new SetSecurityGroupsCommand({ LoadBalancerArn, SecurityGroups: [...securityGroups] }), within),
        { 'security group': securityGroups },
      ),

    setSubnets: (LoadBalancerArn, subnets, IpAddressType, options) => {
      const asked = { LoadBalancerArn, SubnetMappings: mappings(subnets), IpAddressType };
      return requests.one({ operation: does.setSubnets, named: namedBy({ subnets }) }, options, async (client, within) =>
        parseZones(await client.send(new SetSubnetsCommand(asked), within), does.setSubnets.action),
      );
    },

    setIpAddressType: (LoadBalancerArn, IpAddressType, options) =>
      change(does.setIpAddressType, options, (client, within) =>
        client.send(new SetIpAddressTypeCommand({ LoadBalancerArn, IpAddressType }), within),
      ),

    setLoadBalancerAttributes: (LoadBalancerArn, attributes, options) =>
      change(does.setLoadBalancerAttributes, options, (client, within) =>
        client.send(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes: pairs(attributes) }), within),
      ),

    createTargetGroup: (of, options) =>
      requests.one({ operation: does.createTargetGroup, named: { VPC: [of.vpcId] } }, options, async (client, within) => {
        const command = new CreateTargetGroupCommand({
          Name: of.name,
          Protocol: of.protocol,
          Port: of.port,
          VpcId: of.vpcId,
          TargetType: 'instance',
          IpAddressType: of.ipAddressType,
          ...checkInput(of.healthCheck),
          Tags: tagList(of.tags),
        });
        return only(parseTargetGroups(await client.send(command, within), does.createTargetGroup.action), does.createTargetGroup);
      }),

    setHealthCheck: (TargetGroupArn, healthCheck, options) =>
      change(does.setHealthCheck, options, (client, within) =>
        client.send(new ModifyTargetGroupCommand({ TargetGroupArn, ...checkInput(healthCheck) }), within),
      ),

    setTargetGroupAttributes: (TargetGroupArn, attributes, options) =>
      change(does.setTargetGroupAttributes, options, (client, within) =>
        client.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes: pairs(attributes) }), within),
      ),

    deleteTargetGroup: (TargetGroupArn, options) =>
      remove(does.deleteTargetGroup, options, (client, within) => client.send(new DeleteTargetGroupCommand({ TargetGroupArn }), within)),

    registerTargets: (TargetGroupArn, targets, options) =>
      change(
        does.registerTargets,
        options,
        (client, within) => client.send(new RegisterTargetsCommand({ TargetGroupArn, Targets: targetList(targets) }), within),
        { instance: instancesOf(targets) },
      ),

    async deregisterTargets(TargetGroupArn, targets, options) {
      const operation = does.deregisterTargets;
      const ask = async (some: readonly ElbTarget[]): Promise<readonly never[]> => {
        await change(
          operation,
          options,
          (client, within) => client.send(new DeregisterTargetsCommand({ TargetGroupArn, Targets: targetList(some) }), within),
          { instance: instancesOf(some) },
        );
        return [];
      };
      await halved(targets, operation, options, ask, (error) => error instanceof LbError && error.code === 'MemberNotUsable');
    },

    createListener: (of, options) =>
      requests.one({ operation: does.createListener, named: namedBy(of) }, options, async (client, within) => {
        const command = new CreateListenerCommand({ LoadBalancerArn: of.loadBalancer, ...listenerInput(of), Tags: tagList(of.tags) });
        return only(parseListeners(await client.send(command, within), does.createListener.action), does.createListener);
      }),

    setListener: (ListenerArn, of, options) =>
      change(
        does.setListener,
        options,
        (client, within) => client.send(new ModifyListenerCommand({ ListenerArn, ...listenerInput(of) }), within),
        namedBy(of),
      ),

    addCertificates: (ListenerArn, certificates, options) =>
      change(
        does.addCertificates,
        options,
        (client, within) =>
          client.send(new AddListenerCertificatesCommand({ ListenerArn, Certificates: certificateList(certificates) }), within),
        { certificate: certificates },
      ),

    removeCertificates: (ListenerArn, certificates, options) =>
      change(does.removeCertificates, options, (client, within) =>
        client.send(new RemoveListenerCertificatesCommand({ ListenerArn, Certificates: certificateList(certificates) }), within),
      ),

    setListenerAttributes: (ListenerArn, attributes, options) =>
      change(does.setListenerAttributes, options, (client, within) =>
        client.send(new ModifyListenerAttributesCommand({ ListenerArn, Attributes: pairs(attributes) }), within),
      ),

    deleteListener: (ListenerArn, options) =>
      remove(does.deleteListener, options, (client, within) => client.send(new DeleteListenerCommand({ ListenerArn }), within)),

    addTags: (arns, tags, options) =>
      change(does.addTags, options, (client, within) =>
        client.send(new AddTagsCommand({ ResourceArns: [...arns], Tags: tagList(tags) }), within),
      ),

    removeTags: (arns, keys, options) =>
      change(does.removeTags, options, (client, within) =>
        client.send(new RemoveTagsCommand({ ResourceArns: [...arns], TagKeys: [...keys] }), within),
      ),
  };
}

const pairs = (of: Attributes) => Object.entries(of).map(([Key, Value]) => ({ Key, Value }));
const tagList = (tags: Marks) => (Object.keys(tags).length === 0 ? undefined : pairs(tags));
const certificateList = (arns: readonly string[]) => arns.map((CertificateArn) => ({ CertificateArn }));
const targetList = (targets: readonly ElbTarget[]) => targets.map(({ instanceId, port }) => ({ Id: instanceId, Port: port }));
const instancesOf = (targets: readonly ElbTarget[]) => [...new Set(targets.map(({ instanceId }) => instanceId))];
const mappings = (subnets: readonly SubnetMapping[]) =>
  subnets.map(({ subnetId, allocationId, privateIpv4 }) => ({
    SubnetId: subnetId,
    AllocationId: allocationId,
    PrivateIPv4Address: privateIpv4,
  }));

const checkInput = (check: ElbHealthCheck) => ({
  HealthCheckProtocol: check.protocol,
  HealthCheckPort: check.port,
  HealthCheckPath: check.path,
  Matcher: check.matcher === undefined ? undefined : { HttpCode: check.matcher },
  HealthCheckIntervalSeconds: check.intervalSeconds,
  HealthCheckTimeoutSeconds: check.timeoutSeconds,
  HealthyThresholdCount: check.healthyThreshold,
  UnhealthyThresholdCount: check.unhealthyThreshold,
});

const listenerInput = (of: Partial<NewListener>) => ({
  Port: of.port,
  Protocol: of.protocol,
  DefaultActions: of.targetGroup === undefined ? undefined : [{ Type: 'forward' as const, TargetGroupArn: of.targetGroup }],
  Certificates: of.certificate === undefined ? undefined : certificateList([of.certificate]),
  SslPolicy: of.sslPolicy,
  AlpnPolicy: of.alpnPolicy === undefined ? undefined : [of.alpnPolicy],
});

/** For texts about a refusal: what of the request Amazon may have found wrong. */
function namedBy(of: {
  readonly subnets?: readonly SubnetMapping[];
  readonly securityGroups?: readonly string[];
  readonly certificate?: string;
  readonly sslPolicy?: string;
}): NonNullable<SentRequest['named']> {
  return {
    subnet: of.subnets?.map(({ subnetId }) => subnetId) ?? [],
    'Elastic IP': of.subnets?.flatMap(({ allocationId }) => allocationId ?? []) ?? [],
    'security group': of.securityGroups ?? [],
    certificate: of.certificate === undefined ? [] : [of.certificate],
    'TLS policy': of.sslPolicy === undefined ? [] : [of.sslPolicy],
  };
}

/** A create answers what it made, and nothing else. @throws LbError `BadAnswer` */
function only<T>(made: readonly T[], { action }: Operation): T {
  const [first] = made;
  if (first === undefined || made.length > 1) throw new LbError('BadAnswer', `${action} answered ${made.length} things`);
  return first;
}
