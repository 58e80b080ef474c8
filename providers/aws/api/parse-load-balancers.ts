import * as z from 'zod';
import type { ElbLoadBalancer, ElbZone } from './elb.ts';
import { optionalWord, parsedAnswer, word } from './parsed-answer.ts';

const zone = z
  .object({
    ZoneName: word,
    SubnetId: word,
    LoadBalancerAddresses: z
      .array(
        z.object({
          IpAddress: optionalWord,
          AllocationId: optionalWord,
          PrivateIPv4Address: optionalWord,
          IPv6Address: optionalWord,
        }),
      )
      .default([]),
  })
  .transform(
    ({ ZoneName, SubnetId, LoadBalancerAddresses: [address = {}] }): ElbZone => ({
      zone: ZoneName,
      subnetId: SubnetId,
      ...(address.IpAddress === undefined ? {} : { ipv4: address.IpAddress }),
      ...(address.AllocationId === undefined ? {} : { allocationId: address.AllocationId }),
      ...(address.PrivateIPv4Address === undefined ? {} : { privateIpv4: address.PrivateIPv4Address }),
      ...(address.IPv6Address === undefined ? {} : { ipv6: address.IPv6Address }),
    }),
  );

const zones = z.array(zone).transform((list) => list.toSorted((a, b) => (a.subnetId < b.subnetId ? -1 : 1)));

const named = { LoadBalancerArn: word, LoadBalancerName: word, VpcId: z.string() };

const network = z
  .object({
    ...named,
    Type: z.literal('network'),
    Scheme: z.enum(['internet-facing', 'internal']),
    DNSName: word,
    State: z.object({ Code: z.enum(['provisioning', 'active', 'active_impaired', 'failed']) }),
    IpAddressType: z.enum(['ipv4', 'dualstack']),
    SecurityGroups: z.array(word).default([]),
    AvailabilityZones: zones,
    CreatedTime: z.date(),
  })
  .transform(
    (of): ElbLoadBalancer => ({
      arn: of.LoadBalancerArn,
      name: of.LoadBalancerName,
      type: of.Type,
      scheme: of.Scheme,
      dnsName: of.DNSName,
      vpcId: of.VpcId,
      state: of.State.Code,
      ipAddressType: of.IpAddressType,
      securityGroups: of.SecurityGroups.toSorted(),
      zones: of.AvailabilityZones,
      createdAt: of.CreatedTime.getTime(),
    }),
  );

/** Of a kind that is none of ours only the name counts, which it takes: a gateway's has neither scheme nor DNS name. */
const other = z.object({ ...named, Type: word.refine((type) => type !== 'network'), CreatedTime: z.date() }).transform(
  (of): ElbLoadBalancer => ({
    arn: of.LoadBalancerArn,
    name: of.LoadBalancerName,
    type: of.Type,
    scheme: 'internal',
    dnsName: '',
    vpcId: of.VpcId,
    state: 'active',
    ipAddressType: 'ipv4',
    securityGroups: [],
    zones: [],
    createdAt: of.CreatedTime.getTime(),
  }),
);

const answer = z.object({ LoadBalancers: z.array(z.union([network, other])) });

const subnetsAnswer = z.object({ AvailabilityZones: zones });

/** @throws LbError `BadAnswer` */
export const parseZones = (sent: unknown, action: string): readonly ElbZone[] =>
  parsedAnswer(subnetsAnswer, sent, action).AvailabilityZones;

/** @throws LbError `BadAnswer` */
export const parseLoadBalancers = (sent: unknown, action: string): readonly ElbLoadBalancer[] =>
  parsedAnswer(answer, sent, action).LoadBalancers;
