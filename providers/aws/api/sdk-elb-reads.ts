import {
  DescribeListenerAttributesCommand,
  DescribeListenerCertificatesCommand,
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ElbReads } from './elb.ts';
import { elbOperations as does } from './operations.ts';
import { parseExtraCertificates, parseListeners } from './parse-listeners.ts';
import { parseLoadBalancers } from './parse-load-balancers.ts';
import { parseAttributes, parseTags } from './parse-tags.ts';
import { parseTargetGroups, parseTargetHealth } from './parse-target-groups.ts';
import { halved, isNotFound, type SdkRequests } from './sdk-requests.ts';

const pageSize = 400;

/** The reads of Elastic Load Balancing v2 by Amazon's SDK. */
export function sdkElbReads(requests: SdkRequests<ElasticLoadBalancingV2Client>): ElbReads {
  return {
    loadBalancers: (options) =>
      requests.pages(does.loadBalancers, options, async (client, within, Marker) => {
        const sent = await client.send(new DescribeLoadBalancersCommand({ PageSize: pageSize, Marker }), within);
        return { items: parseLoadBalancers(sent, does.loadBalancers.action), next: sent.NextMarker };
      }),

    loadBalancersByArn: (arns, options) => {
      const operation = does.loadBalancersByArn;
      const ask = (LoadBalancerArns: readonly string[]) =>
        requests.one({ operation }, options, async (client, within) =>
          parseLoadBalancers(
            await client.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [...LoadBalancerArns] }), within),
            operation.action,
          ),
        );
      return halved(arns, operation, options, ask, isNotFound);
    },

    targetGroups: (options) =>
      requests.pages(does.targetGroups, options, async (client, within, Marker) => {
        const sent = await client.send(new DescribeTargetGroupsCommand({ PageSize: pageSize, Marker }), within);
        return { items: parseTargetGroups(sent, does.targetGroups.action), next: sent.NextMarker };
      }),

    async listeners(LoadBalancerArn, options) {
      try {
        return await requests.pages(does.listeners, options, async (client, within, Marker) => {
          const sent = await client.send(new DescribeListenersCommand({ LoadBalancerArn, PageSize: pageSize, Marker }), within);
          return { items: parseListeners(sent, does.listeners.action), next: sent.NextMarker };
        });
      } catch (error) {
        if (isNotFound(error)) return [];
        throw error;
      }
    },

    extraCertificates: (ListenerArn, options) =>
      requests.pages(does.extraCertificates, options, async (client, within, Marker) => {
        const sent = await client.send(new DescribeListenerCertificatesCommand({ ListenerArn, PageSize: pageSize, Marker }), within);
        return { items: parseExtraCertificates(sent, does.extraCertificates.action), next: sent.NextMarker };
      }),

    async tags(arns, options) {
      const ask = (ResourceArns: readonly string[]) =>
        requests.one({ operation: does.tags }, options, async (client, within) => [
          ...parseTags(await client.send(new DescribeTagsCommand({ ResourceArns: [...ResourceArns] }), within), does.tags.action),
        ]);
      return new Map(await halved(arns, does.tags, options, ask, isNotFound));
    },

    targetHealth: (TargetGroupArn, options) =>
      requests.one({ operation: does.targetHealth }, options, async (client, within) =>
        parseTargetHealth(await client.send(new DescribeTargetHealthCommand({ TargetGroupArn }), within), does.targetHealth.action),
      ),

    loadBalancerAttributes: (LoadBalancerArn, options) =>
      requests.one({ operation: does.loadBalancerAttributes }, options, async (client, within) =>
        parseAttributes(
          await client.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }), within),
          does.loadBalancerAttributes.action,
        ),
      ),

    targetGroupAttributes: (TargetGroupArn, options) =>
      requests.one({ operation: does.targetGroupAttributes }, options, async (client, within) =>
        parseAttributes(
          await client.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn }), within),
          does.targetGroupAttributes.action,
        ),
      ),

    listenerAttributes: (ListenerArn, options) =>
      requests.one({ operation: does.listenerAttributes }, options, async (client, within) =>
        parseAttributes(await client.send(new DescribeListenerAttributesCommand({ ListenerArn }), within), does.listenerAttributes.action),
      ),
  };
}
