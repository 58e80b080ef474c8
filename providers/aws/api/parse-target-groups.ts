import * as z from 'zod';
import type { ElbHealthCheck, ElbTargetGroup, ElbTargetHealth } from './elb.ts';
import { optionalWord, parsedAnswer, word } from './parsed-answer.ts';

const named = { TargetGroupArn: word, TargetGroupName: word, LoadBalancerArns: z.array(word).default([]) };

const ours = z
  .object({
    ...named,
    TargetType: z.literal('instance'),
    Protocol: z.enum(['TCP', 'UDP', 'TCP_UDP', 'TLS']),
    Port: z.int(),
    VpcId: word,
    IpAddressType: z.enum(['ipv4', 'ipv6']),
    HealthCheckProtocol: z.enum(['TCP', 'HTTP', 'HTTPS']),
    HealthCheckPort: word,
    HealthCheckPath: z.string().optional(),
    Matcher: z.object({ HttpCode: z.string().optional() }).optional(),
    HealthCheckIntervalSeconds: z.int(),
    HealthCheckTimeoutSeconds: z.int(),
    HealthyThresholdCount: z.int(),
    UnhealthyThresholdCount: z.int(),
  })
  .transform(
    ({ Protocol, Port, VpcId, TargetType, IpAddressType, ...of }): ElbTargetGroup => ({
      arn: of.TargetGroupArn,
      name: of.TargetGroupName,
      protocol: Protocol,
      port: Port,
      vpcId: VpcId,
      targetType: TargetType,
      ipAddressType: IpAddressType,
      healthCheck: {
        protocol: of.HealthCheckProtocol,
        port: of.HealthCheckPort,
        ...pathOf(of),
        intervalSeconds: of.HealthCheckIntervalSeconds,
        timeoutSeconds: of.HealthCheckTimeoutSeconds,
        healthyThreshold: of.HealthyThresholdCount,
        unhealthyThreshold: of.UnhealthyThresholdCount,
      },
      loadBalancers: of.LoadBalancerArns,
    }),
  );

/** A check by TCP has neither path nor codes, whatever the answer holds of times when it had. */
function pathOf(of: {
  readonly HealthCheckProtocol: string;
  readonly HealthCheckPath?: string | undefined;
  readonly Matcher?: { readonly HttpCode?: string | undefined } | undefined;
}): Pick<ElbHealthCheck, 'path' | 'matcher'> {
  if (of.HealthCheckProtocol === 'TCP') return {};
  const matcher = of.Matcher?.HttpCode;
  return {
    ...(of.HealthCheckPath === undefined ? {} : { path: of.HealthCheckPath }),
    ...(matcher === undefined ? {} : { matcher }),
  };
}

/** Of a kind that is none of ours only the name counts, which it takes: one of functions has neither port nor VPC. */
const other = z
  .object({ ...named, TargetType: word, Protocol: word.default('none'), Port: z.int().default(0), VpcId: z.string().default('') })
  .refine(({ TargetType, Protocol }) => TargetType !== 'instance' || !['TCP', 'UDP', 'TCP_UDP', 'TLS'].includes(Protocol))
  .transform(
    (of): ElbTargetGroup => ({
      arn: of.TargetGroupArn,
      name: of.TargetGroupName,
      protocol: of.Protocol,
      port: of.Port,
      vpcId: of.VpcId,
      targetType: of.TargetType,
      ipAddressType: 'ipv4',
      healthCheck: unknownCheck,
      loadBalancers: of.LoadBalancerArns,
    }),
  );

const unknownCheck: ElbHealthCheck = {
  protocol: 'TCP',
  port: 'traffic-port',
  intervalSeconds: 0,
  timeoutSeconds: 0,
  healthyThreshold: 0,
  unhealthyThreshold: 0,
};

const answer = z.object({ TargetGroups: z.array(z.union([ours, other])) });

/** @throws LbError `BadAnswer` */
export const parseTargetGroups = (sent: unknown, action: string): readonly ElbTargetGroup[] =>
  parsedAnswer(answer, sent, action).TargetGroups;

const states = ['initial', 'healthy', 'unhealthy', 'unused', 'draining', 'unavailable'] as const;

const health = z.object({
  TargetHealthDescriptions: z.array(
    z
      .object({
        Target: z.object({ Id: word, Port: z.int() }),
        TargetHealth: z.object({ State: z.enum([...states, 'unhealthy.draining']), Reason: optionalWord }),
      })
      .transform(
        ({ Target, TargetHealth: { State, Reason } }): ElbTargetHealth => ({
          instanceId: Target.Id,
          port: Target.Port,
          // Registered still; only what it had open is let run out.
          state: State === 'unhealthy.draining' ? 'unhealthy' : State,
          ...(Reason === undefined ? {} : { reason: Reason }),
        }),
      ),
  ),
});

/** @throws LbError `BadAnswer` */
export const parseTargetHealth = (sent: unknown, action: string): readonly ElbTargetHealth[] =>
  parsedAnswer(health, sent, action).TargetHealthDescriptions;
