import type { ConformanceCase } from '../../../../src/conformance/case.ts';
import type { Reason } from '../../../../src/reasons.ts';
import { aws, create, refused, rest, served } from './telling.ts';

/** An annotation that cannot be had as it is written, and what the user is told of it. */
interface Wrong {
  readonly id: string;
  readonly what: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly reason: Reason;
  readonly mentions: readonly string[];
}

const wrongs: readonly Wrong[] = [
  {
    id: 'pods-as-targets',
    what: 'Pods as targets',
    annotations: { 'nlb-target-type': 'ip' },
    reason: 'UnsupportedFeature',
    mentions: [aws('nlb-target-type')],
  },
  {
    id: 'type-with-pods',
    what: 'the type that means Pods',
    annotations: { type: 'nlb-ip' },
    reason: 'UnsupportedFeature',
    mentions: [aws('type')],
  },
  {
    id: 'quic',
    what: 'QUIC',
    annotations: { 'quic-enabled-ports': '443' },
    reason: 'UnsupportedFeature',
    mentions: [aws('quic-enabled-ports')],
  },
  {
    id: 'capacity',
    what: 'a reserved capacity',
    annotations: { 'minimum-load-balancer-capacity': 'CapacityUnits=1000' },
    reason: 'UnsupportedFeature',
    mentions: [aws('minimum-load-balancer-capacity')],
  },
  {
    id: 'no-security-group',
    what: 'a load balancer without a security group',
    annotations: { 'disable-nlb-sg': 'true' },
    reason: 'UnsupportedFeature',
    mentions: [aws('disable-nlb-sg')],
  },
  {
    id: 'unknown-attribute',
    what: 'an attribute that there is not',
    annotations: { attributes: 'deletion_protection.enable=true' },
    reason: 'InvalidSetting',
    mentions: ['deletion_protection.enabled'],
  },
  {
    id: 'bad-attribute',
    what: 'a value that an attribute cannot have',
    annotations: { 'target-group-attributes': 'deregistration_delay.timeout_seconds=4000' },
    reason: 'InvalidSetting',
    mentions: ['deregistration_delay.timeout_seconds'],
  },
  {
    id: 'bad-interval',
    what: 'an interval that Amazon does not take',
    annotations: { 'healthcheck-interval': '4' },
    reason: 'InvalidSetting',
    mentions: [aws('healthcheck-interval')],
  },
  {
    id: 'bad-policy',
    what: 'an ALPN policy that there is not',
    annotations: { 'alpn-policy': 'HTTP3' },
    reason: 'InvalidSetting',
    mentions: [aws('alpn-policy')],
  },
  {
    id: 'bad-proxy-protocol',
    what: 'a PROXY protocol in other words',
    annotations: { 'proxy-protocol': 'v1' },
    reason: 'InvalidSetting',
    mentions: [aws('proxy-protocol')],
  },
  {
    id: 'unknown-group',
    what: 'a security group that there is not',
    annotations: { 'security-groups': 'sg-0000000000000dead' },
    reason: 'InvalidSetting',
    mentions: ['sg-0000000000000dead'],
  },
];

/** What Amazon's own controllers know and this one refuses, or Amazon itself would refuse: said before anything is made. */
export const cases: readonly ConformanceCase[] = [
  ...wrongs.map(
    ({ id, what, annotations, reason, mentions }): ConformanceCase => ({
      id: `aws-refusals/${id}`,
      title: `Refused before anything is made, naming what is wrong: ${what}`,
      steps: [
        create('web', annotations),
        create('shop'),
        rest,
        ...refused(['idea-7', 'pain-22'], 'web', reason, mentions),
        served(['idea-8'], 'shop'),
      ],
    }),
  ),
  {
    id: 'aws-refusals/unknown-key',
    title: 'A key under the prefix of Amazon’s controllers that nobody knows is told, and the Service is served',
    steps: [
      create('web', { 'healthcheck-pahtt': '/x' }),
      rest,
      served(['design-8', 'idea-7']),
      {
        rows: ['design-8', 'idea-7', 'pain-22'],
        check: 'condition',
        service: 'web',
        type: 'Degraded',
        reason: 'UnknownSetting',
        mentions: [aws('healthcheck-pahtt'), aws('healthcheck-path')],
      },
    ],
  },
];
